package dev.longhaul.dispatcher.plan;

import dev.longhaul.model.jsonl.LineSplitter;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads a file line by line through one buffer, which grows up to the longest line allowed. A longer line is passed
 * over, never held. A byte order mark at the file's start belongs to no line.
 */
final class LineReader {
    private static final int FIRST_BUFFER_BYTES = 256 << 10;

    private final InputStream in;
    private final long fileBytes;
    private final int maxLineBytes;
    /** A line that may still turn out to be short enough: with its CR, and the byte order mark in front. */
    private final int mostHeld;

    private final Pace pace;

    private byte[] buffer;
    private int next;
    private int filled;
    private long bufferOffset;
    private boolean ended;

    private long number;
    private int offset;
    private int length;
    private boolean tooLong;
    private long fileOffset;

    /** @param fileBytes what the stream must hold: one that ends early or late was not read right */
    LineReader(InputStream in, long fileBytes, int maxLineBytes, Pace pace) {
        this.in = in;
        this.fileBytes = fileBytes;
        this.maxLineBytes = maxLineBytes;
        this.mostHeld = maxLineBytes + 1 + Bom.BYTES;
        this.pace = pace;
        this.buffer = new byte[(int) Math.clamp(fileBytes + 1, 16, FIRST_BUFFER_BYTES)];
    }

    /** Moves to the next line, blank or not; false at the end of the file. */
    boolean next() throws IOException {
        int searched = next;
        fileOffset = bufferOffset + next;
        tooLong = false;
        int lineFeed = LineSplitter.indexOfLineFeed(buffer, searched, filled);
        while (lineFeed < 0 && !ended) {
            if (tooLong || filled - next > mostHeld) {
                tooLong = true;
                next = filled;
            }
            searched = filled - next;
            fill();
            searched += next;
            lineFeed = LineSplitter.indexOfLineFeed(buffer, searched, filled);
        }
        if (lineFeed < 0 && next == filled && !tooLong) {
            return false;
        }
        number++;
        take(lineFeed < 0 ? filled : lineFeed);
        next = lineFeed < 0 ? filled : lineFeed + 1;
        return true;
    }

    private void take(int end) {
        offset = next;
        if (number == 1 && !tooLong && Bom.startsAt(buffer, next, end)) {
            offset += Bom.BYTES;
            fileOffset += Bom.BYTES;
        }
        length = LineSplitter.lengthWithoutCarriageReturn(buffer, offset, end);
        tooLong |= length > maxLineBytes;
    }

    /** Makes room behind what is held and reads once; what is held may move to the buffer's start. */
    private void fill() throws IOException {
        if (next == filled) {
            bufferOffset += next;
            next = 0;
            filled = 0;
        } else if (filled == buffer.length && next > 0) {
            System.arraycopy(buffer, next, buffer, 0, filled - next);
            bufferOffset += next;
            filled -= next;
            next = 0;
        } else if (filled == buffer.length) {
            buffer = Arrays.copyOf(buffer, (int) Math.min(buffer.length * 2L, mostHeld + 1L));
        }
        int read = in.read(buffer, filled, buffer.length - filled);
        if (read < 0) {
            ended = true;
            requireWhole(bufferOffset + filled);
        } else {
            filled += read;
            pace.read(read);
        }
    }

    /** Fails rather than plan a part of the file: a read that was cut is our store's fault, not the tenant's. */
    private void requireWhole(long bytes) throws IOException {
        if (bytes != fileBytes) {
            throw new EOFException("the input file ended after " + bytes + " of " + fileBytes + " bytes");
        }
    }

    boolean isBlank() {
        return !tooLong && LineSplitter.isBlank(buffer, offset, length);
    }

    /** Number of this line in the file, from 1. */
    long number() {
        return number;
    }

    byte[] array() {
        return buffer;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    /** Whether the line is longer than allowed; then its bytes are not here. */
    boolean isTooLong() {
        return tooLong;
    }

    /** Where the line starts in the file. */
    long fileOffset() {
        return fileOffset;
    }

    /** Where the line ends in the file, its line end included. */
    long fileEnd() {
        return bufferOffset + next;
    }

    private static final class Bom {
        static final int BYTES = 3;

        static boolean startsAt(byte[] array, int start, int end) {
            return end - start >= BYTES
                    && array[start] == (byte) 0xEF
                    && array[start + 1] == (byte) 0xBB
                    && array[start + 2] == (byte) 0xBF;
        }
    }
}
