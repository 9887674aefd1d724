package dev.longhaul.sim;

import com.dynatrace.hash4j.hashing.Hashing;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How often and when each line was called. A line is known by the request's {@code user}, else by the 64-bit hash of
 * its body in hexadecimal. Some 150 bytes of heap a line. All threads.
 */
final class LineCalls {
    private static final int CHUNK_BYTES = 64 << 10;

    private volatile boolean on;
    private final Map<String, Calls> calls = new ConcurrentHashMap<>();

    private record Calls(int count, long firstMs, long lastMs) {
        Calls again(long now) {
            return new Calls(count + 1, firstMs, now);
        }
    }

    void on(boolean on) {
        this.on = on;
    }

    boolean on() {
        return on;
    }

    void count(@Nullable String user, byte[] body) {
        if (!on) {
            return;
        }
        var line =
                user != null ? user : "%016x".formatted(Hashing.wyhashFinal4().hashBytesToLong(body));
        var now = System.currentTimeMillis();
        calls.compute(line, (name, known) -> known == null ? new Calls(1, now, now) : known.again(now));
    }

    void reset() {
        calls.clear();
    }

    /** Streams all lines as one object, no faster than the client reads. */
    void writeTo(HttpServerResponse response, boolean detail) {
        response.setChunked(true).write("{");
        write(response, calls.entrySet().iterator(), detail, true);
    }

    private static void write(
            HttpServerResponse response, Iterator<Map.Entry<String, Calls>> lines, boolean detail, boolean first) {
        while (lines.hasNext()) {
            if (response.writeQueueFull()) {
                var begun = first;
                response.drainHandler(ready -> write(response, lines, detail, begun));
                return;
            }
            var chunk = Buffer.buffer(CHUNK_BYTES);
            while (lines.hasNext() && chunk.length() < CHUNK_BYTES) {
                var line = lines.next();
                chunk.appendString(first ? "\"" : ",\"");
                Answers.quoted(chunk, line.getKey()).appendString("\":");
                chunk.appendString(
                        detail
                                ? detail(line.getValue())
                                : String.valueOf(line.getValue().count()));
                first = false;
            }
            response.write(chunk);
        }
        response.end("}");
    }

    private static String detail(Calls calls) {
        return "{\"calls\":" + calls.count() + ",\"first_ms\":" + calls.firstMs() + ",\"last_ms\":" + calls.lastMs()
                + "}";
    }
}
