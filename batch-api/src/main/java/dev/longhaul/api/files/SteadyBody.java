package dev.longhaul.api.files;

import dev.longhaul.api.errors.ApiException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * A body that must not drip, for it holds memory for which others wait. What counts is the time spent waiting for the client; what
 * the service itself takes for the bytes is nobody's slowness.
 */
final class SteadyBody extends FilterInputStream {
    /** The status of a refusal. */
    static final int TOO_SLOW = 408;

    private static final double NANOS = 1e9;

    private final Duration grace;
    private final long leastRate;
    private long waitedNanos;
    private long bytes;

    /** @param leastRate in bytes a second, on average, asked for once the grace is over */
    SteadyBody(InputStream in, Duration grace, long leastRate) {
        super(in);
        this.grace = grace;
        this.leastRate = leastRate;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws ApiException with status {@value #TOO_SLOW} when the client is too slow */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        long begin = System.nanoTime();
        int count = super.read(target, offset, length);
        waitedNanos += System.nanoTime() - begin;
        bytes += Math.max(0, count);
        if (count >= 0 && waitedNanos > grace.toNanos() && bytes < leastRate * (waitedNanos / NANOS)) {
            throw ApiException.of(
                    TOO_SLOW,
                    "The request body came more slowly than " + leastRate
                            + " bytes a second. Please send it again, faster.");
        }
        return count;
    }
}
