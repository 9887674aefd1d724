package dev.longhaul.cli.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A log that another process writes. Answers as if it were empty when it can't be read. */
public final class LogFile {
    private static final int LARGEST_TAIL = 1024 * 1024;

    private final Path file;

    public LogFile(Path file) {
        this.file = file;
    }

    public boolean exists() {
        return Files.exists(file);
    }

    /** Its size in bytes, 0 without a file. */
    public long size() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** The last lines at or after that offset, at most a mebibyte of them. */
    public List<String> tail(int lines, long from) {
        long start = Math.max(from, size() - LARGEST_TAIL);
        List<String> all =
                new String(read(start), StandardCharsets.UTF_8).lines().toList();
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }

    /** The bytes from an offset to the end, at most a mebibyte. */
    public byte[] read(long from) {
        try (FileChannel channel = FileChannel.open(file)) {
            long available = Math.clamp(channel.size() - from, 0, LARGEST_TAIL);
            ByteBuffer bytes = ByteBuffer.allocate((int) available);
            while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {}
            byte[] read = new byte[bytes.position()];
            bytes.flip().get(read);
            return read;
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** True when a line at or after that offset is exactly this; looks at the first mebibyte. */
    boolean hasLine(String line, long from) {
        return new String(read(from), StandardCharsets.UTF_8).lines().anyMatch(line::equals);
    }
}
