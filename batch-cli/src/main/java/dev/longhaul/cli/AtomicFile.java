package dev.longhaul.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/** A file that appears complete or not at all: written beside its place, then renamed into it. */
final class AtomicFile implements AutoCloseable {
    private final Path target;
    private final Path temporary;
    private final FileChannel channel;

    private AtomicFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    /** Begins to write; what is at the target stays there until {@link #commit}. */
    static AtomicFile create(Path target) throws IOException {
        // A link stays a link: the file that it names is replaced.
        Path place = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
        String suffix = Long.toHexString(ThreadLocalRandom.current().nextLong());
        Path temporary = place.resolveSibling("." + place.getFileName() + "." + suffix + ".tmp");
        FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        temporary.toFile().deleteOnExit(); // also after Ctrl-C
        return new AtomicFile(place, temporary, channel);
    }

    FileChannel channel() {
        return channel;
    }

    /** Puts it in its place, on disk. */
    void commit() throws IOException {
        channel.force(true);
        channel.close();
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Leaves no trace when it was not committed. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(temporary);
    }
}
