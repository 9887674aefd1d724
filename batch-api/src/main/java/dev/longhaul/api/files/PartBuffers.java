package dev.longhaul.api.files;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** The memory that all uploads of this process share: a fixed number of buffers, each one segment long. For any thread. */
@ApplicationScoped
class PartBuffers {
    static final int LENGTH = 8 << 20;
    private static final byte[] NOT_YET_MADE = new byte[0];

    private final BlockingQueue<byte[]> free;

    PartBuffers(FilesConfig config) {
        int count = config.partBuffers();
        if (count < 1) {
            throw new IllegalArgumentException("longhaul.files.part-buffers: must be at least 1, but is " + count);
        }
        free = new ArrayBlockingQueue<>(count);
        for (int i = 0; i < count; i++) {
            free.add(NOT_YET_MADE);
        }
    }

    /** Waits for a buffer. Call it without holding one: uploads that wait for each other would wait for ever. */
    byte[] take() throws InterruptedException {
        return made(free.take());
    }

    /** A buffer if there is a free one. */
    byte @Nullable [] poll() {
        byte[] buffer = free.poll();
        return buffer == null ? null : made(buffer);
    }

    void giveBack(byte[] buffer) {
        free.add(buffer);
    }

    private static byte[] made(byte[] buffer) {
        return buffer.length == 0 ? new byte[LENGTH] : buffer;
    }
}
