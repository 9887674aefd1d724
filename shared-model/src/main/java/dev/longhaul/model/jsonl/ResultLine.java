package dev.longhaul.model.jsonl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longhaul.model.Ids;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Writes the result lines of one batch, each ended by a newline. A {@code customId} is the value as the tenant wrote it, quotes
 * included; {@code line} is the line's number in the input file, from 1. Nothing here parses: a body is copied byte by byte, only
 * CR and LF are left out, which valid JSON has outside strings alone. Holds no state between calls; safe for any number of threads.
 */
public final class ResultLine {
    /** The most of an answer that is not JSON that a result line carries. */
    public static final int MAX_TEXT_BYTES = 64 * 1024;

    private static final byte[] CUSTOM_ID = "\",\"custom_id\":".getBytes(US_ASCII);
    private static final byte[] STATUS = ",\"response\":{\"status_code\":".getBytes(US_ASCII);
    private static final byte[] REQUEST_ID = ",\"request_id\":".getBytes(US_ASCII);
    private static final byte[] BODY = ",\"body\":".getBytes(US_ASCII);
    private static final byte[] END = "},\"error\":null}\n".getBytes(US_ASCII);
    private static final byte[] NO_RESPONSE = ",\"response\":null,\"error\":{\"code\":".getBytes(US_ASCII);
    private static final byte[] MESSAGE = ",\"message\":".getBytes(US_ASCII);
    private static final byte[] NO_RESPONSE_END = "}}\n".getBytes(US_ASCII);

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private final byte[] start;

    public ResultLine(String batchId) {
        start = ("{\"id\":\"" + Ids.resultIdPrefix(batchId)).getBytes(US_ASCII);
    }

    /** A line that got an answer with a JSON body, of whatever status. */
    public void answered(
            LineBuffer out,
            long line,
            byte[] customId,
            int customIdStart,
            int customIdEnd,
            int statusCode,
            String requestId,
            byte[] body,
            int bodyStart,
            int bodyEnd) {
        beginAnswer(out, line, customId, customIdStart, customIdEnd, statusCode, requestId);
        appendBody(out, body, bodyStart, bodyEnd);
        endAnswer(out);
    }

    /** A line that got an answer whose body is not JSON: the body becomes a JSON string, cut at {@link #MAX_TEXT_BYTES}. */
    public void answeredWithText(
            LineBuffer out,
            long line,
            byte[] customId,
            int customIdStart,
            int customIdEnd,
            int statusCode,
            String requestId,
            byte[] body,
            int bodyStart,
            int bodyEnd) {
        beginAnswer(out, line, customId, customIdStart, customIdEnd, statusCode, requestId);
        int length = Math.min(bodyEnd - bodyStart, MAX_TEXT_BYTES);
        // Bytes that are no UTF-8 become U+FFFD: the line must stay valid JSON.
        out.appendString(new String(body, bodyStart, length, UTF_8));
        endAnswer(out);
    }

    /** A line without an answer: {@code "response":null} and an error of ours. */
    public void unanswered(
            LineBuffer out,
            long line,
            byte[] customId,
            int customIdStart,
            int customIdEnd,
            String code,
            String message) {
        begin(out, line, customId, customIdStart, customIdEnd);
        out.append(NO_RESPONSE);
        out.appendString(code);
        out.append(MESSAGE);
        out.appendString(message);
        out.append(NO_RESPONSE_END);
    }

    /** Opens an answered line; its body follows by {@link #appendBody} in as many pieces as it comes in, then {@link #endAnswer}. */
    public void beginAnswer(
            LineBuffer out,
            long line,
            byte[] customId,
            int customIdStart,
            int customIdEnd,
            int statusCode,
            String requestId) {
        begin(out, line, customId, customIdStart, customIdEnd);
        out.append(STATUS);
        out.appendNumber(statusCode);
        out.append(REQUEST_ID);
        out.appendString(requestId);
        out.append(BODY);
    }

    /** Appends a piece of a JSON body without its line breaks. */
    public static void appendBody(LineBuffer out, byte[] body, int start, int end) {
        int from = start;
        while (true) {
            int lineBreak = indexOfLineBreak(body, from, end);
            if (lineBreak < 0) {
                out.append(body, from, end);
                return;
            }
            out.append(body, from, lineBreak);
            from = lineBreak + 1;
        }
    }

    /** Closes a line opened by {@link #beginAnswer}. */
    public static void endAnswer(LineBuffer out) {
        out.append(END);
    }

    private void begin(LineBuffer out, long line, byte[] customId, int customIdStart, int customIdEnd) {
        out.append(start);
        out.appendNumber(line);
        out.append(CUSTOM_ID);
        out.append(customId, customIdStart, customIdEnd);
    }

    /** Eight bytes at a step: a byte that equals the sought one becomes zero, and only a zero byte borrows into its high bit. */
    private static int indexOfLineBreak(byte[] array, int from, int to) {
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long word = (long) LONGS.get(array, i);
            long lf = word ^ ('\n' * LOW_BITS);
            long cr = word ^ ('\r' * LOW_BITS);
            long hits = (((lf - LOW_BITS) & ~lf) | ((cr - LOW_BITS) & ~cr)) & HIGH_BITS;
            if (hits != 0) {
                // Borrows spread upwards only, so the lowest hit is a true one.
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        for (; i < to; i++) {
            if (array[i] == '\n' || array[i] == '\r') {
                return i;
            }
        }
        return -1;
    }
}
