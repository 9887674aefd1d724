package dev.longhaul.dispatcher;

import static dev.longhaul.dispatcher.DispatcherTester.FAKE;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static dev.longhaul.dispatcher.DispatcherTester.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import dev.longhaul.dispatcher.DispatcherTester.Result;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gateways and engines in trouble: no line fails for the moment, none is called much more than needed, other models notice nothing. */
@QuarkusTest
@QuarkusTestResource(DispatcherTester.class)
@SuppressWarnings("NullAway.Init") // the framework sets them
class GatewayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    /** Another model of the same backend. */
    private static final String OTHER = "alias";
    /** As many as shut a model, as can be in flight, and the probes of some seconds. */
    private static final int MOST_REFUSED = 16 + 8 + 30;

    private final DispatcherTester tester = DispatcherTester.get();

    @TestHTTPResource("/q/health/ready")
    URL health;

    private final Map<String, AtomicInteger> served = new ConcurrentHashMap<>();
    private final AtomicInteger refused = new AtomicInteger();

    @BeforeEach
    void aLineAnsweredWell() throws IOException {
        wellAgain();
        String batch = batch("before", 1);
        tester.resultsOf(batch, 1);
        tester.bodies.clear();
        served.clear();
    }

    @AfterEach
    void wellAgain() {
        tester.listStatus = 404;
        tester.answerer = this::serve;
    }

    @ParameterizedTest
    @CsvSource({
        "500, 200, down",
        "502, 200, down",
        "502, 502, down",
        "503, 503, down",
        "429, 200, limited",
        "401, 401, refused",
        "403, 200, refused"
    })
    void aModelWhoseEveryCallIsRefusedWaitsWithoutALossWhileOthersRun(int status, int listStatus, String trouble) {
        tester.listStatus = listStatus;
        tester.answerer = (exchange, body) -> {
            if (body.contains(FAKE)) {
                refuse(exchange, status);
            } else {
                serve(exchange, body);
            }
        };
        String waiting = batch("w" + status, 60);
        await("the tenant is told why")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tester.trouble(FAKE)).isEqualTo(trouble));

        assertThat(health()).as("and so is the operator").contains("\"fake\": \"" + FAKE + ": ");

        String others = tester.batch("t2", lines(OTHER, "other", 250));
        assertThat(tester.resultsOf(others, 250)).extracting(Result::outcome).containsOnly("COMPLETED");
        assertThat(tester.results(waiting)).isEmpty();
        assertThat(refused.get()).isLessThanOrEqualTo(MOST_REFUSED);

        wellAgain();
        allCompletedAndServedOnce(waiting, 60);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tester.trouble(FAKE)).isEmpty());
    }

    @Test
    void whatWasTakenOnGoesBackAndComesAgainAsSoonAsItCan() {
        Semaphore outage = new Semaphore(0);
        tester.answerer = (exchange, body) -> {
            outage.acquireUninterruptibly();
            refuse(exchange, 502);
        };
        List<String> batches =
                IntStream.range(0, 24).mapToObj(i -> batch("small" + i, 1)).toList();
        String mine = "batch_id = any(string_to_array('" + String.join(",", batches) + "', ','))";
        await("more are taken on than can be called")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                tester.row("select count(*) > 12 from slice where state = 'claimed' and " + mine))
                        .isEqualTo("t"));
        outage.release(1_000);
        await("they hold nothing meanwhile")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tester.row("select count(*) filter (where state = 'claimed') <= 6,"
                                + " max(not_before) > now() + interval '15 s' from slice where " + mine))
                        .isEqualTo("t|t"));
        assertThat(refused.get()).isLessThanOrEqualTo(MOST_REFUSED);

        wellAgain();

        await("long before they would come by themselves")
                .atMost(Duration.ofSeconds(12))
                .untilAsserted(
                        () -> assertThat(tester.row("select count(*) from slice where state = 'reported' and " + mine))
                                .isEqualTo("24"));
        batches.forEach(batch -> allCompletedAndServedOnce(batch, 1));
    }

    @Test
    void aModelIsProbedThoughAnotherOneHasAlwaysLinesToCall() {
        tester.answerer = (exchange, body) -> {
            if (body.contains(FAKE)) {
                refuse(exchange, 502);
            } else {
                workFor(20);
                serve(exchange, body);
            }
        };
        String waiting = batch("beside", 20);
        await().atMost(PATIENCE).until(() -> !tester.trouble(FAKE).isEmpty());
        String others = tester.batch("t2", lines(OTHER, "endless", 4_000));
        await().atMost(PATIENCE).until(() -> served.size() > 100);
        int before = refused.get();

        await("probes go on").atMost(PATIENCE).until(() -> refused.get() > before + 1);
        assertThat(served).hasSizeLessThan(4_000);

        wellAgain();
        tester.resultsOf(others, 4_000);
        allCompletedAndServedOnce(waiting, 20);
    }

    @Test
    void aQuotaByTimeWindowFailsNoLine() {
        AtomicInteger left = new AtomicInteger(20);
        AtomicLong opensNanos = new AtomicLong(Long.MAX_VALUE);
        tester.answerer = (exchange, body) -> {
            if (System.nanoTime() > opensNanos.get() && opensNanos.getAndSet(Long.MAX_VALUE) != Long.MAX_VALUE) {
                left.set(20);
            }
            if (left.getAndDecrement() > 0) {
                serve(exchange, body);
            } else {
                opensNanos.compareAndSet(Long.MAX_VALUE, System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
                refuse(exchange, 429);
            }
        };
        String batch = batch("quota", 60);

        allCompletedAndServedOnce(batch, 60);
        assertThat(refused.get()).isLessThanOrEqualTo(3 * MOST_REFUSED);
    }

    @Test
    void anEngineThatShedsLoadIsSentAsMuchAsItTakes() {
        Semaphore places = new Semaphore(3);
        tester.answerer = (exchange, body) -> {
            if (!places.tryAcquire()) {
                refuse(exchange, 503);
                return;
            }
            try {
                workFor(20);
                serve(exchange, body);
            } finally {
                places.release();
            }
        };
        String batch = batch("shed", 300);

        allCompletedAndServedOnce(batch, 300);
        assertThat(refused.get()).as("of 600 or fewer calls").isLessThan(300);
    }

    @Test
    void noLineFailsWhileHalfOfTheReplicasAreDead() {
        AtomicInteger turn = new AtomicInteger();
        tester.answerer = (exchange, body) -> {
            if (turn.incrementAndGet() % 2 == 0) {
                refuse(exchange, 502);
            } else {
                serve(exchange, body);
            }
        };
        String batch = batch("half", 300);

        allCompletedAndServedOnce(batch, 300);
    }

    @Test
    void aLineThatAloneFailsEndsAfterItsAttempts() {
        tester.answerer = (exchange, body) -> {
            if (body.contains("poison 7\"")) {
                refuse(exchange, 500);
            } else {
                serve(exchange, body);
            }
        };
        String batch = batch("poison", 300);

        List<Result> results = tester.resultsOf(batch, 300);
        assertThat(results)
                .filteredOn(result -> result.outcome().equals("FAILED"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.line()).isEqualTo(8);
                    assertThat(line.text()).contains("\"status_code\":500");
                });
        assertThat(refused.get()).as("three attempts, and what was not certain").isBetween(3, 12);
    }

    @Test
    void manyLinesThatFailOnTheirOwnEndWhenTheOthersAreDone() {
        tester.answerer = (exchange, body) -> {
            if (body.contains("5\"")) {
                refuse(exchange, 500);
            } else {
                serve(exchange, body);
            }
        };
        String batch = batch("tenth", 300);

        assertThat(tester.resultsOf(batch, 300))
                .allSatisfy(result ->
                        assertThat(result.outcome()).isEqualTo(result.line() % 10 == 6 ? "FAILED" : "COMPLETED"));
    }

    @Test
    void aLineForbiddenAmongOthersHasThatForAResult() {
        tester.answerer = (exchange, body) -> {
            if (body.contains("forbid 3\"")) {
                refuse(exchange, 403);
            } else {
                serve(exchange, body);
            }
        };
        String batch = batch("forbid", 100);

        assertThat(tester.resultsOf(batch, 100))
                .filteredOn(result -> result.outcome().equals("FAILED"))
                .singleElement()
                .satisfies(line -> assertThat(line.text()).contains("\"status_code\":403"));
    }

    private String health() {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(health.toURI()).build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).contains("\"backends\"");
            return answer.body();
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private void allCompletedAndServedOnce(String batch, int count) {
        assertThat(tester.resultsOf(batch, count)).extracting(Result::outcome).containsOnly("COMPLETED");
        assertThat(served).hasSizeGreaterThanOrEqualTo(count);
        assertThat(served.values()).allSatisfy(calls -> assertThat(calls).hasValue(1));
    }

    private void serve(HttpExchange exchange, String body) throws IOException {
        served.computeIfAbsent(body, one -> new AtomicInteger()).incrementAndGet();
        reply(exchange, 200, "{}");
    }

    private void refuse(HttpExchange exchange, int status) throws IOException {
        refused.incrementAndGet();
        reply(exchange, status, "{\"error\":{}}");
    }

    private static void workFor(long millis) {
        // What a model computes.
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < end) {
            java.util.concurrent.locks.LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private String batch(String name, int count) {
        return tester.batch("t1", lines(FAKE, name, count));
    }

    private static List<String> lines(String model, String name, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> line("c" + i, model, name + " " + i))
                .toList();
    }
}
