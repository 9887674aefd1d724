package dev.longhaul.localstack;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The directory that holds all servers' data, locked for as long as this object is open. The lock goes with the
 * process, so a killed one leaves nothing behind that stops the next.
 */
final class DataDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;

    private DataDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** @throws IOException when the directory can't be written or another local stack uses it */
    static DataDirectory open(Path path) throws IOException {
        var absolute = path.toAbsolutePath().normalize();
        FileChannel channel;
        try {
            Files.createDirectories(absolute);
            channel = FileChannel.open(absolute.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException("--data " + absolute + " can't be used: " + e, e);
        }
        if (!locked(channel)) {
            channel.close();
            throw new IOException("--data " + absolute + " is in use by another local stack");
        }
        return new DataDirectory(absolute, channel);
    }

    Path of(String server) {
        return path.resolve(server);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }
}
