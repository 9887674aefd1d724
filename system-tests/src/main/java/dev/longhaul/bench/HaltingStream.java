package dev.longhaul.bench;

import java.io.ByteArrayInputStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Bytes that stop coming after a quarter until so many streams have come as far. */
final class HaltingStream extends ByteArrayInputStream {
    private static final long LOOK_EVERY_NANOS = 5_000_000;

    private final AtomicInteger waiting;
    private final int all;
    private final int halt;
    private boolean halted;

    HaltingStream(byte[] bytes, AtomicInteger waiting, int all) {
        super(bytes);
        this.waiting = waiting;
        this.all = all;
        this.halt = bytes.length / 4;
    }

    @Override
    public synchronized int read(byte[] into, int offset, int length) {
        if (!halted && pos >= halt) {
            halted = true;
            waiting.incrementAndGet();
            while (waiting.get() < all) {
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
            }
        }
        return super.read(into, offset, length);
    }
}
