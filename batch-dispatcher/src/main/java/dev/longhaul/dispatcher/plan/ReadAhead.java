package dev.longhaul.dispatcher.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads the next block of a stream while the last one is used, so that a plan waits for S3 or computes, but not by turns. */
final class ReadAhead extends InputStream {
    private static final int BLOCK_BYTES = 512 * 1024;

    private final InputStream in;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("read-ahead").factory());
    private Future<byte[]> next;
    private byte[] block = {};
    private int position;

    ReadAhead(InputStream in) {
        this.in = in;
        this.next = reader.submit(this::readBlock);
    }

    /** Empty at the stream's end. */
    private byte[] readBlock() throws IOException {
        byte[] bytes = new byte[BLOCK_BYTES];
        int read = in.readNBytes(bytes, 0, bytes.length);
        return read == bytes.length ? bytes : Arrays.copyOf(bytes, read);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position == block.length) {
            block = awaitBlock();
            position = 0;
            if (block.length == 0) {
                return -1;
            }
            next = reader.submit(this::readBlock);
        }
        int count = Math.min(length, block.length - position);
        System.arraycopy(block, position, bytes, offset, count);
        position += count;
        return count;
    }

    private byte[] awaitBlock() throws IOException {
        try {
            return next.get();
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

    @Override
    public void close() throws IOException {
        reader.shutdownNow();
        reader.close();
        in.close();
    }
}
