package dev.longhaul.cli.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/** Held while processes are started or stopped, so that two commands don't do it at once. The system frees a dead one's. */
final class SystemLock implements AutoCloseable {
    private final FileChannel channel;

    private SystemLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits as long as another command has it. */
    static SystemLock acquire(Home home, Consumer<String> say) {
        return acquire(home.run().resolve("lock"), say);
    }

    /** The same for what that file stands for. */
    static SystemLock acquire(Path file, Consumer<String> say) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock free = channel.tryLock();
            if (free == null) {
                say.accept("waiting for another longhaul command that starts or stops processes");
                channel.lock();
            }
            return new SystemLock(channel);
        } catch (IOException e) {
            throw new LocalException("can't lock " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new LocalException("can't unlock: " + e.getMessage(), e);
        }
    }
}
