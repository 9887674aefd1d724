package dev.longhaul.model.jsonl;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Splits a window of bytes into its lines. A line ends at LF or at the window's end; one CR before either is not part
 * of it. Nothing follows the last LF, so a window of N terminated lines has N lines. Planner and dispatcher both split
 * with this class, so that they agree on what a slice's lines are. Not thread-safe.
 */
public final class LineSplitter {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long LINE_FEEDS = 0x0A0A0A0A0A0A0A0AL;

    private final byte[] array;
    private final int windowEnd;
    private int next;
    private int offset;
    private int length;

    public LineSplitter(byte[] array, int offset, int length) {
        this.array = array;
        this.next = offset;
        this.windowEnd = offset + length;
    }

    /** Moves to the next line; false when there is none. */
    public boolean next() {
        if (next == windowEnd) {
            return false;
        }
        int lineFeed = indexOfLineFeed(array, next, windowEnd);
        int end = lineFeed < 0 ? windowEnd : lineFeed;
        offset = next;
        length = lengthWithoutCarriageReturn(array, next, end);
        next = lineFeed < 0 ? windowEnd : lineFeed + 1;
        return true;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /** Index of the first LF in {@code [from, to)}, or -1. */
    public static int indexOfLineFeed(byte[] array, int from, int to) {
        int i = from;
        // Eight bytes at a step: a byte that equals LF becomes zero, and only a zero byte borrows into its high bit.
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long word = (long) LONGS.get(array, i) ^ LINE_FEEDS;
            long zeros = (word - LOW_BITS) & ~word & HIGH_BITS;
            if (zeros != 0) {
                return i + (Long.numberOfTrailingZeros(zeros) >>> 3);
            }
        }
        for (; i < to; i++) {
            if (array[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Length of the line in {@code [start, end)}, where end is its LF or the end of input. */
    public static int lengthWithoutCarriageReturn(byte[] array, int start, int end) {
        return end > start && array[end - 1] == '\r' ? end - start - 1 : end - start;
    }

    /** Whether the line has nothing but white space. */
    public static boolean isBlank(byte[] array, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (array[i] != ' ' && array[i] != '\t' && array[i] != '\r') {
                return false;
            }
        }
        return true;
    }
}
