package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.model.Usage;
import dev.longhaul.model.jsonl.LineBuffer;
import dev.longhaul.model.jsonl.RequestLine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.Json;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * Makes one HTTP call for one request line and tells what came of it; the first thing told counts. The request body is a window on the slice's
 * bytes; the answer's bytes are collected in a buffer that the lane lends. Belongs to its lane's event loop.
 */
final class BackendCaller {
    private static final int CONNECT_MILLIS = 5_000;
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence USER_AGENT = HttpHeaders.createOptimized("longhaul");

    private final Lane lane;
    private final Backend backend;
    private final LongAnswer.Waiters waiters = new LongAnswer.Waiters();
    private final Map<String, RequestOptions> optionsByEndpoint = new HashMap<>();
    private final HttpClient client;

    /** Must be made on the lane's event loop, to which its connections belong. */
    BackendCaller(Lane lane, Backend backend) {
        this.lane = lane;
        this.backend = backend;
        // The pool is as large as the lane's limit may ever get; connections are made when they are needed.
        this.client = lane.vertx()
                .createHttpClient(
                        new HttpClientOptions()
                                .setConnectTimeout(CONNECT_MILLIS)
                                .setKeepAliveTimeout(30)
                                .setTcpNoDelay(true),
                        new PoolOptions()
                                .setHttp1MaxSize(backend.config().maxInFlight())
                                .setMaxWaitQueueSize(-1));
    }

    /** Whether an answer of this backend waits for memory. */
    boolean answersWait() {
        return waiters.any();
    }

    void call(LineCall call, Consumer<Answer> done) {
        int serial = call.serial;
        RequestOptions options =
                optionsByEndpoint.computeIfAbsent(call.run.claim().endpoint(), this::options);
        client.request(options).onComplete(opened -> {
            if (opened.failed()) {
                done.accept(
                        isNobodyThere(opened.cause())
                                ? new Answer.Unreachable(
                                        String.valueOf(opened.cause().getMessage()))
                                : new Answer.Broken(
                                        String.valueOf(opened.cause().getMessage())));
            } else {
                send(call, serial, opened.result(), done);
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
                done.accept(new Answer.Broken(String.valueOf(begun.cause().getMessage())));
            } else if (call.serial == serial) {
                read(call, serial, begun.result(), done);
            }
        });
        request.end(Buffer.buffer(body(call.request)));
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
                done.accept(new Answer.TooLarge(most));
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

    private static Answer whole(HttpClientResponse response, LineBuffer body) {
        Usage usage = AnswerScan.usageOf(body.array(), 0, body.length());
        MultiMap headers = response.headers();
        return new Answer.Whole(
                response.statusCode(),
                headers.get("x-request-id"),
                usage != null,
                usage == null ? Usage.NONE : usage,
                RetryAfter.millis(headers.get(HttpHeaders.RETRY_AFTER), headers.get("retry-after-ms")));
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

    private RequestOptions options(String endpoint) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(backend.address().host())
                .setPort(backend.address().port())
                .setSsl(backend.address().tls())
                .setURI(backend.address().path(endpoint))
                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .putHeader(HttpHeaders.ACCEPT, JSON)
                .putHeader(HttpHeaders.USER_AGENT, USER_AGENT);
        String authorization = backend.authorization();
        return authorization == null ? options : options.putHeader(HttpHeaders.AUTHORIZATION, authorization);
    }

    /**
     * Whether a connection could not be made: refused, no route, no such name, no TLS. No request was sent then. One that breaks later
     * is told as the answer's failure and never asked about here.
     */
    static boolean isNobodyThere(Throwable failure) {
        return failure instanceof SocketException
                || failure instanceof UnknownHostException
                || failure instanceof SSLException
                || failure instanceof ClosedChannelException;
    }
}
