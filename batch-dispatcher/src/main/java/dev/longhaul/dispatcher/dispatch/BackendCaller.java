package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.BackendConnections;
import dev.longhaul.model.jsonl.LineBuffer;
import dev.longhaul.model.jsonl.RequestLine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Makes one HTTP call for one request line and tells what came of it; the first thing told counts. The request body is a window on the slice's
 * bytes; the answer's bytes are collected in a buffer that the lane lends. Belongs to its lane's event loop.
 */
final class BackendCaller {
    private static final Logger LOG = Logger.getLogger(BackendCaller.class);

    private final Lane lane;
    private final Backend backend;
    private final LongAnswer.Waiters waiters = new LongAnswer.Waiters();
    private final BackendConnections connections;

    /** Must be made on the lane's event loop, to which its connections belong. */
    BackendCaller(Lane lane, Backend backend) {
        this.lane = lane;
        this.backend = backend;
        // The pool is as large as the lane's limit may ever get; connections are made when they are needed.
        this.connections =
                new BackendConnections(lane.vertx(), backend, backend.config().maxInFlight());
    }

    /** Whether an answer of this backend waits for memory. */
    boolean answersWait() {
        return waiters.any();
    }

    void call(LineCall call, Consumer<Answer> done) {
        int serial = call.serial;
        connections.open(HttpMethod.POST, call.run.claim().endpoint(), (request, failure) -> {
            if (request == null) {
                done.accept(
                        BackendConnections.isNobodyThere(failure)
                                ? new Answer.Unreachable(String.valueOf(failure.getMessage()))
                                : new Answer.Broken(String.valueOf(failure.getMessage())));
            } else {
                send(call, serial, request, done);
            }
        });
    }

    private void send(LineCall call, int serial, HttpClientRequest request, Consumer<Answer> done) {
        if (call.serial != serial) {
            request.reset();
            return;
        }
        call.http = request;
        request.response().onComplete(begun -> {
            if (begun.failed()) {
                done.accept(unbegun(begun.cause()));
            } else if (call.serial == serial) {
                read(call, serial, begun.result(), done);
            }
        });
        request.end(Buffer.buffer(body(call.request)));
    }

    private static Answer unbegun(Throwable failure) {
        return failure instanceof TooLongFrameException
                ? new Answer.Unusable(
                        "invalid_response",
                        "The headers of the backend's answer are larger than " + BackendConnections.MOST_HEADER_BYTES
                                + " bytes.")
                : new Answer.Broken(String.valueOf(failure.getMessage()));
    }

    private void read(LineCall call, int serial, HttpClientResponse response, Consumer<Answer> done) {
        LineBuffer body = call.body;
        if (body == null) {
            throw new IllegalStateException("a call in flight has a buffer");
        }
        int most = backend.config().maxAnswerBytes();
        response.exceptionHandler(failure -> {
            LongAnswer held = call.longAnswer;
            done.accept(
                    held != null && held.hasWaited()
                            ? new Answer.HeldUp()
                            : new Answer.Cut(String.valueOf(failure.getMessage())));
        });
        response.handler(part -> {
            if (call.serial != serial) {
                return;
            }
            long length = (long) body.length() + part.length();
            if (length > most) {
                done.accept(Answer.Unusable.tooLarge(most));
                response.request().reset();
            } else if (length <= LongAnswer.FREE_BYTES) {
                body.append(part.getByteBuf().nioBuffer());
            } else {
                longAnswer(call, body, response).append(part);
            }
        });
        response.endHandler(end -> {
            if (call.serial == serial) {
                done.accept(whole(response, body));
            }
        });
    }

    private LongAnswer longAnswer(LineCall call, LineBuffer body, HttpClientResponse response) {
        LongAnswer answer = call.longAnswer;
        if (answer == null) {
            answer = new LongAnswer(lane, body, response, waiters);
            call.longAnswer = answer;
        }
        return answer;
    }

    private Answer whole(HttpClientResponse response, LineBuffer body) {
        MultiMap headers = response.headers();
        Answer.Whole answer = AnswerBody.read(
                response.statusCode(),
                body,
                headers.get("x-request-id"),
                RetryAfter.millis(headers.get(HttpHeaders.RETRY_AFTER), headers.get("retry-after-ms")));
        if (answer.isRedirect()) {
            Answer.Unusable redirect = Answer.Unusable.redirect(answer.statusCode(), headers.get(HttpHeaders.LOCATION));
            if (backend.redirectedTo(redirect.message())) {
                LOG.warnf("LH-D017 backend %s redirects calls: %s", backend.name(), redirect.message());
            }
            return redirect;
        }
        String coding = headers.get(HttpHeaders.CONTENT_ENCODING);
        boolean coded = coding != null && !coding.isBlank() && !coding.equalsIgnoreCase("identity");
        return answer.isSuccess() && !answer.json() && coded ? Answer.Unusable.coded(coding) : answer;
    }

    private ByteBuf body(RequestLine line) {
        byte[] array = line.array();
        String model = line.model();
        String there = model == null ? null : backend.modelThere(model);
        if (there == null || there.equals(model)) {
            return Unpooled.wrappedBuffer(array, line.bodyStart(), line.bodyEnd() - line.bodyStart());
        }
        byte[] value = quoted(there);
        return Unpooled.wrappedBuffer(
                Unpooled.wrappedBuffer(array, line.bodyStart(), line.modelStart() - line.bodyStart()),
                Unpooled.wrappedBuffer(value),
                Unpooled.wrappedBuffer(array, line.modelEnd(), line.bodyEnd() - line.modelEnd()));
    }

    private static byte[] quoted(String text) {
        return Json.encode(text).getBytes(StandardCharsets.UTF_8);
    }
}
