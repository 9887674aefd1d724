package dev.longhaul.sim;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;

/** Answers that end too soon or hardly at all. */
final class BrokenAnswers {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final byte[] PADDING = padding();

    private BrokenAnswers() {}

    /** Promises the body and closes the connection in the middle of it. */
    static void cut(HttpServerResponse response, Buffer body) {
        response.putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(body.length()));
        response.write(body.slice(0, body.length() / 2)).onComplete(written -> response.reset());
    }

    /** Sends the body with a further field that fills it up to the given size; sent as fast as the client reads. */
    static void huge(HttpServerResponse response, Buffer body, long bytes) {
        var head = body.slice(0, body.length() - 1).copy().appendString(",\"padding\":\"");
        var tail = Buffer.buffer("\"}");
        var padding = Math.max(0, bytes - head.length() - tail.length());
        response.putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(head.length() + padding + tail.length()));
        response.write(head);
        pad(response, padding, tail);
    }

    private static void pad(HttpServerResponse response, long missing, Buffer tail) {
        var left = missing;
        while (left > 0) {
            if (response.writeQueueFull()) {
                var rest = left;
                response.drainHandler(ready -> pad(response, rest, tail));
                return;
            }
            var size = (int) Math.min(left, CHUNK_BYTES);
            response.write(Buffer.buffer(size).appendBytes(PADDING, 0, size));
            left -= size;
        }
        response.end(tail);
    }

    private static byte[] padding() {
        var bytes = new byte[CHUNK_BYTES];
        Arrays.fill(bytes, (byte) 'x');
        return bytes;
    }
}
