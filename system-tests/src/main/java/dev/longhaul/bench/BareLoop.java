package dev.longhaul.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** The yardstick of throughput: what the dispatcher's HTTP client reaches when it does nothing else. */
final class BareLoop {
    private static final int EVENT_LOOPS = 2;
    private static final int CONNECTIONS = 128;

    private final URI target;
    private final List<Buffer> bodies;
    private final LongAdder calls = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final AtomicBoolean over = new AtomicBoolean();

    BareLoop(URI target, List<byte[]> bodies) {
        this.target = target;
        this.bodies = bodies.stream().map(Buffer::buffer).toList();
    }

    /** Calls a second, after some time to warm up. */
    double callsPerSecond(Duration warmUp, Duration measured) throws InterruptedException {
        Vertx vertx = Vertx.vertx();
        try {
            vertx.deployVerticle(Loop::new, new DeploymentOptions().setInstances(EVENT_LOOPS));
            TimeUnit.NANOSECONDS.sleep(warmUp.toNanos());
            long before = calls.sum();
            long begin = System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(measured.toNanos());
            double rate = (calls.sum() - before) * 1e9 / (System.nanoTime() - begin);
            if (failures.sum() > 0) {
                throw new IllegalStateException("the bare loop had " + failures.sum() + " failed calls");
            }
            return rate;
        } finally {
            over.set(true);
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private final class Loop extends AbstractVerticle {
        private final RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(target.getHost())
                .setPort(target.getPort())
                .setURI(target.getPath())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        private int next;

        @Override
        public void start() {
            int connections = CONNECTIONS / EVENT_LOOPS;
            HttpClient client = vertx.createHttpClient(
                    new HttpClientOptions().setTcpNoDelay(true), new PoolOptions().setHttp1MaxSize(connections));
            for (int i = 0; i < connections; i++) {
                call(client);
            }
        }

        private void call(HttpClient client) {
            Buffer body = bodies.get(next++ % bodies.size());
            client.request(options)
                    .compose(request -> request.send(body))
                    .compose(Loop::readToTheEnd)
                    .onComplete(done -> {
                        if (over.get()) {
                            return;
                        }
                        (done.succeeded() ? calls : failures).increment();
                        call(client);
                    });
        }

        private static Future<Buffer> readToTheEnd(HttpClientResponse response) {
            return response.statusCode() == 200
                    ? response.body()
                    : Future.failedFuture("status " + response.statusCode());
        }
    }
}
