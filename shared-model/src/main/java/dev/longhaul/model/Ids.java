package dev.longhaul.model;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Makes the public ids: a prefix of OpenAI's and 32 hex digits that sort by time of creation (UUID version 7 without dashes). */
public final class Ids {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    /** A new batch id, {@code batch_...}. */
    public static String newBatchId(long epochMillis) {
        return "batch_" + timeOrdered(epochMillis);
    }

    /** A new file id, {@code file-...}. */
    public static String newFileId(long epochMillis) {
        return "file-" + timeOrdered(epochMillis);
    }

    /** A new id with a prefix of the caller's, for instance {@code job-}. */
    public static String newId(String prefix, long epochMillis) {
        return prefix + timeOrdered(epochMillis);
    }

    /** The id of one line's result: unique, and the same however often the line is executed. */
    public static String resultId(String batchId, long line) {
        return resultIdPrefix(batchId) + line;
    }

    /** What the ids of all results of a batch begin with; the line's number, from 1, follows. */
    public static String resultIdPrefix(String batchId) {
        return "batch_req_" + batchId.substring("batch_".length()) + "_";
    }

    private static String timeOrdered(long epochMillis) {
        byte[] bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (epochMillis >>> (40 - 8 * i));
        }
        bytes[6] = (byte) ((bytes[6] & 0x0f) | 0x70);
        bytes[8] = (byte) ((bytes[8] & 0x3f) | 0x80);
        return HexFormat.of().formatHex(bytes);
    }
}
