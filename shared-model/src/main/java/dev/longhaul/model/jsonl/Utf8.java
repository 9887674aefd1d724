package dev.longhaul.model.jsonl;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Strict UTF-8, which Jackson does not check: it lets overlong forms and encoded surrogates pass, above all in what it skips. */
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /** Index of the first byte that starts no well-formed character, or -1. */
    static int firstInvalid(byte[] array, int from, int to) {
        int i = from;
        while (i < to) {
            if (i <= to - Long.BYTES && ((long) LONGS.get(array, i) & HIGH_BITS) == 0) {
                i += Long.BYTES;
                continue;
            }
            int width = width(array, i, to);
            if (width == 0) {
                return i;
            }
            i += width;
        }
        return -1;
    }

    private static int width(byte[] array, int i, int to) {
        int lead = array[i] & 0xFF;
        if (lead < 0x80) {
            return 1;
        }
        if (lead < 0xC2 || lead > 0xF4) {
            return 0;
        }
        int width = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (to - i < width) {
            return 0;
        }
        int second = array[i + 1] & 0xFF;
        // The second byte's range rules out overlong forms, surrogates and what lies beyond U+10FFFF.
        int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < low || second > high) {
            return 0;
        }
        for (int k = 2; k < width; k++) {
            if ((array[i + k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return width;
    }
}
