package dev.longhaul.api.files;

import dev.longhaul.store.FileSegments;
import dev.longhaul.store.StoreUnavailableException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/** Copies a range of a file to a client. Where S3 breaks off it goes on from there, since the client cannot ask for less than all again. */
public final class FileContent {
    private static final int ATTEMPTS_WITHOUT_PROGRESS = 4;
    private static final int CHUNK = 64 << 10;

    private final FileSegments reader;
    private final List<FileSegments.Segment> segments;
    private final long begin;
    private final long end;
    private long position;

    /** Copies so many bytes from an offset of the file on; the segments must cover them. */
    public FileContent(FileSegments reader, List<FileSegments.Segment> segments, long offset, long length) {
        this.reader = reader;
        this.segments = segments;
        this.begin = offset;
        this.position = offset;
        this.end = offset + length;
    }

    /**
     * Copies it all; blocks.
     *
     * @throws StoreUnavailableException if S3 is gone and nothing was copied, so that the client can be told
     * @throws IOException if the client is gone, or S3 for good
     */
    public void copyTo(OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK];
        int fruitless = 0;
        while (position < end) {
            long before = position;
            try (InputStream in = reader.open(segments, position, end - position)) {
                copy(in, out, chunk);
            } catch (ReadFailedException | StoreUnavailableException e) {
                fruitless = position > before ? 0 : fruitless + 1;
                if (fruitless == ATTEMPTS_WITHOUT_PROGRESS && position == begin) {
                    throw new StoreUnavailableException("S3 gives no byte of a file: " + e.getMessage(), e);
                }
                if (fruitless == ATTEMPTS_WITHOUT_PROGRESS) {
                    throw new IOException("S3 broke off at byte " + position, e);
                }
            }
        }
    }

    private void copy(InputStream in, OutputStream out, byte[] chunk) throws IOException {
        while (position < end) {
            int count = read(in, chunk);
            out.write(chunk, 0, count);
            position += count;
        }
    }

    private static int read(InputStream in, byte[] chunk) throws ReadFailedException {
        try {
            int count = in.read(chunk);
            if (count < 0) {
                throw new EOFException("the object is shorter than its row says");
            }
            return count;
        } catch (IOException e) {
            throw new ReadFailedException(e);
        }
    }

    /** Tells S3's failures from the client's. */
    private static final class ReadFailedException extends IOException {
        private static final long serialVersionUID = 1L;

        ReadFailedException(IOException cause) {
            super(cause);
        }
    }
}
