package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.Usage;
import dev.longhaul.model.jsonl.LineBuffer;
import org.jspecify.annotations.Nullable;

/** Makes an answer of the bytes that came. */
final class AnswerBody {
    private static final int LONGEST_ID = 512;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private AnswerBody() {}

    /** @param requestId what the backend calls the request; one that is blank or a whole text is as good as none */
    static Answer.Whole read(int statusCode, LineBuffer body, @Nullable String requestId, long retryAfterMillis) {
        dropByteOrderMark(body);
        Usage usage = AnswerScan.usageOf(body.array(), 0, body.length());
        boolean named = requestId != null && !requestId.isBlank() && requestId.length() <= LONGEST_ID;
        return new Answer.Whole(
                statusCode,
                named ? requestId : null,
                usage != null,
                usage == null ? Usage.NONE : usage,
                retryAfterMillis);
    }

    /** JSON behind one is JSON, but the mark has no place within a line. */
    private static void dropByteOrderMark(LineBuffer body) {
        byte[] bytes = body.array();
        int mark = BYTE_ORDER_MARK.length;
        if (body.length() >= mark
                && bytes[0] == BYTE_ORDER_MARK[0]
                && bytes[1] == BYTE_ORDER_MARK[1]
                && bytes[2] == BYTE_ORDER_MARK[2]) {
            System.arraycopy(bytes, mark, bytes, 0, body.length() - mark);
            body.truncate(body.length() - mark);
        }
    }
}
