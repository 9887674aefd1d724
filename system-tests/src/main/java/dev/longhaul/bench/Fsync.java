package dev.longhaul.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The yardstick of small batches, which consist of waiting for commits: one append of 4 KiB that reaches the disk. */
final class Fsync {
    private static final int TIMES = 200;
    private static final int BYTES = 4096;

    private Fsync() {}

    static double medianMillis(Path directory) throws IOException {
        Path file = directory.resolve("fsync");
        List<Double> millis = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < TIMES; i++) {
                long begin = System.nanoTime();
                channel.write(ByteBuffer.allocate(BYTES));
                channel.force(false);
                millis.add((System.nanoTime() - begin) / 1e6);
            }
        }
        Files.delete(file);
        return Series.median(millis);
    }
}
