package dev.longhaul.model.jsonl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bytes under construction: a growing array that result lines are written into and that is handed on without a copy. Not
 * thread-safe.
 */
public final class LineBuffer {
    /** A little under the largest array that every JVM can make. */
    private static final int MAX_BYTES = Integer.MAX_VALUE - 64;

    private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);

    private final int target;
    private byte[] bytes;
    private int length;

    /** An empty buffer with room for so many bytes before it first grows. */
    public LineBuffer(int capacity) {
        this(capacity, MAX_BYTES);
    }

    /**
     * An empty buffer that will seldom hold more than {@code target} bytes.
     *
     * @param capacity bytes it has room for before it first grows
     * @param target bytes it grows to before it grows past them, so that a full one has no room left over
     */
    public LineBuffer(int capacity, int target) {
        this.target = target;
        bytes = new byte[capacity];
    }

    /** The array that holds the bytes, from index 0 on; another one after the buffer has grown. */
    public byte[] array() {
        return bytes;
    }

    /** How many bytes were written. */
    public int length() {
        return length;
    }

    /** The bytes written so far, as a view. */
    public ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    /** Takes back everything after the first {@code newLength} bytes, for instance a line that came to nothing. */
    public void truncate(int newLength) {
        if (newLength < 0 || newLength > length) {
            throw new IllegalArgumentException("newLength: " + newLength + " is not within 0 to " + length);
        }
        length = newLength;
    }

    public void append(byte[] from, int start, int end) {
        ensureRoom(end - start);
        System.arraycopy(from, start, bytes, length, end - start);
        length += end - start;
    }

    public void append(byte[] from) {
        append(from, 0, from.length);
    }

    /** Appends what the buffer holds between position and limit, and leaves it as it was. */
    public void append(ByteBuffer from) {
        int count = from.remaining();
        ensureRoom(count);
        from.get(from.position(), bytes, length, count);
        length += count;
    }

    /** Appends a number that is not negative, in decimal. */
    void appendNumber(long number) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        ensureRoom(digits);
        length += digits;
        int at = length;
        for (long rest = number; digits > 0; digits--, rest /= 10) {
            bytes[--at] = (byte) ('0' + rest % 10);
        }
    }

    /** Appends a JSON string, quoted, with what JSON and JSONL do not allow in one escaped. */
    void appendString(String text) {
        int count = text.length();
        ensureRoom(count + 2);
        bytes[length++] = '"';
        int i = 0;
        // Nearly every string of ours is plain ASCII, and then this is all.
        for (; i < count; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x7f || c == '"' || c == '\\') {
                break;
            }
            bytes[length++] = (byte) c;
        }
        if (i < count) {
            appendEscaped(text.substring(i).getBytes(UTF_8));
        }
        ensureRoom(1);
        bytes[length++] = '"';
    }

    private void appendEscaped(byte[] utf8) {
        for (byte b : utf8) {
            ensureRoom(6);
            if (b == '"' || b == '\\') {
                bytes[length++] = '\\';
                bytes[length++] = b;
            } else if ((b >= 0 && b < ' ') || b == 0x7f) {
                bytes[length++] = '\\';
                bytes[length++] = 'u';
                bytes[length++] = '0';
                bytes[length++] = '0';
                bytes[length++] = HEX[b >> 4];
                bytes[length++] = HEX[b & 15];
            } else {
                bytes[length++] = b;
            }
        }
    }

    private void ensureRoom(int more) {
        if (more > bytes.length - length) {
            long needed = (long) length + more;
            if (needed > MAX_BYTES) {
                throw new IllegalStateException("a line buffer cannot hold " + needed + " bytes");
            }
            long doubled = Math.min(2L * bytes.length, bytes.length < target ? target : MAX_BYTES);
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
        }
    }
}
