package dev.longhaul.dispatcher.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads the next blocks of a file while the last one is used, several at once: a plan waits for S3 at its beginning, and computes from
 * then on. Holds no more than {@value #AT_ONCE} blocks besides the one in use.
 */
final class ReadAhead extends InputStream {
    static final int BLOCK_BYTES = 1 << 20;
    private static final int AT_ONCE = 3;

    private final Ranges file;
    private final long patienceNanos;
    private final long bytes;
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<Future<byte[]>> next = new ArrayDeque<>();
    private long asked;
    private byte[] block = {};
    private int position;

    /** A file of which any part can be read; any thread. */
    @FunctionalInterface
    interface Ranges {
        byte[] read(long offset, int length) throws IOException;
    }

    /**
     * Begins to read a file of so many bytes.
     *
     * @param patience how long a block may take before the file cannot be read
     */
    ReadAhead(Ranges file, long bytes, Duration patience) {
        this.file = file;
        this.patienceNanos = patience.toNanos();
        this.bytes = bytes;
        for (int i = 0; i < AT_ONCE; i++) {
            ask();
        }
    }

    private void ask() {
        long offset = asked;
        int length = (int) Math.min(BLOCK_BYTES, bytes - offset);
        if (length > 0) {
            asked += length;
            next.add(readers.submit(() -> file.read(offset, length)));
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position == block.length) {
            Future<byte[]> first = next.poll();
            if (first == null) {
                return -1;
            }
            block = await(first, patienceNanos);
            position = 0;
            ask();
        }
        int count = Math.min(length, block.length - position);
        System.arraycopy(block, position, into, offset, count);
        position += count;
        return count;
    }

    private static byte[] await(Future<byte[]> read, long patienceNanos) throws IOException {
        try {
            return read.get(patienceNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("a read took longer than " + TimeUnit.NANOSECONDS.toSeconds(patienceNanos) + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading ahead");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        }
    }

    /** Breaks off what is still read, and does not wait for it: a read that hangs may end much later. */
    @Override
    public void close() {
        readers.shutdownNow();
    }
}
