package dev.longhaul.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Processes killed or asleep in the middle of their work: rows 1, 2, 3, 5 and 8 of the failure table. */
@SystemTest
class CrashTest {
    private static final int LATENCY_MS = 20;
    private static final ChatLines LINES = ChatLines.of(20_000);

    @Test
    void aKilledDispatchersLinesGoToAnother(Tester tester) {
        killADispatcherAtHalf(tester);
    }

    /** How soon depends on the machine: a figure, for a machine with nothing else to do. */
    @Test
    @Tag("scale")
    void aKilledDispatchersFirstLineIsCalledAgainWithinTwoSeconds(Tester tester) {
        assertThat(killADispatcherAtHalf(tester)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void aKilledFinalizerResumesWithoutACall(Tester tester) {
        killTheFinalizerAtHalf(tester);
    }

    /** As above. */
    @Test
    @Tag("scale")
    void aKilledFinalizerResumesWithinTenSecondsOfItsStart(Tester tester) {
        assertThat(killTheFinalizerAtHalf(tester)).isLessThan(Duration.ofSeconds(10));
    }

    /** Answers how long after the kill the first of its lines was called again. */
    private static Duration killADispatcherAtHalf(Tester tester) {
        Batch batch = startAndAwaitHalf(tester);

        long killed = tester.kill(Tester.DISPATCHER_1);

        Batch ended = tester.end(batch);
        assertThat(tester.check(ended, LINES).output()).isEqualTo(LINES.count());
        Map<String, Simulator.Calls> calls = tester.simulator().calls();
        List<Simulator.Calls> repeated =
                calls.values().stream().filter(line -> line.count() > 1).toList();
        long answeredLast = calls.values().stream()
                .map(line -> line.firstMs() + LATENCY_MS)
                .filter(answered -> answered > killed - 1_000 && answered <= killed)
                .count();
        assertThat(repeated.stream().mapToInt(line -> line.count() - 1).sum())
                .isBetween(1, Tester.CEILING + (int) answeredLast);
        return Duration.ofMillis(
                repeated.stream().mapToLong(Simulator.Calls::lastMs).min().orElseThrow() - killed);
    }

    /** Answers how long after its new start the counts moved again. */
    private static Duration killTheFinalizerAtHalf(Tester tester) {
        Batch batch = startAndAwaitHalf(tester);
        tester.kill(Tester.FINALIZER);
        long before = tester.api().batch(batch.id()).completed();

        CompletableFuture<Void> up = CompletableFuture.runAsync(tester::up);
        tester.await(batch, now -> now.completed() > before);
        Instant resumed = Instant.now();

        up.join();
        Instant started = ProcessHandle.of(tester.member(Tester.FINALIZER).pid())
                .orElseThrow()
                .info()
                .startInstant()
                .orElseThrow();
        Batch ended = tester.end(batch);
        assertThat(tester.check(ended, LINES).output()).isEqualTo(LINES.count());
        assertThat(tester.simulator().requests()).isEqualTo(LINES.count());
        return Duration.between(started, resumed);
    }

    @Test
    void aDispatcherAsleepPastItsLeaseStartsNoLineWhenItWakes(Tester tester) {
        tester.simulator().behave(Map.of("latency_ms", 200, "count_lines", true));
        ChatLines lines = ChatLines.of(6_000);
        Batch batch = tester.start(lines);
        awaitCalls(tester, 1_000);

        tester.putToSleep(Tester.DISPATCHER_1);
        Instant asleep = Instant.now();
        Awaitility.await("its lease of 10 s is over, and its lines were called again")
                .until(() -> Instant.now().isAfter(asleep.plusSeconds(12))
                        && tester.simulator().calls().values().stream().anyMatch(line -> line.count() > 1));
        tester.simulator().behave(Map.of("count_lines", true));
        tester.wakeUp(Tester.DISPATCHER_1);

        Batch ended = tester.end(batch);
        assertThat(tester.check(ended, lines).output()).isEqualTo(lines.count());
        assertThat(tester.simulator().calls().values()).allMatch(line -> line.count() <= 2);
        assertThat(tester.simulator().requests()).isLessThanOrEqualTo(lines.count() + 2L * Tester.CEILING);
    }

    /** One sleeps over its calls and is taken for dead; the other makes them again, and both write what they got. */
    @Test
    void twoDispatchersWithOneSliceGiveEachLineOneResult(Tester tester) throws Exception {
        tester.simulator().behave(Map.of("latency_ms", 2_000, "count_lines", true));
        ChatLines lines = ChatLines.of(4);
        Servers servers = new Servers(tester.stack());
        Map<TopicPartition, Long> before = servers.ends("batch.results");
        Batch batch = tester.start(lines);
        awaitCalls(tester, 1);

        String sleeper = servers.holder(batch);
        tester.putToSleep(sleeper);
        int calls = (int) tester.simulator().requests();
        servers.breakHolder(batch);
        awaitCalls(tester, calls + 1);
        tester.wakeUp(sleeper);

        Batch ended = tester.end(batch);
        Awaitility.await("both have written a line")
                .until(() -> servers.written(batch, before).containsValue(2));
        assertThat(tester.api().batch(batch.id()).json()).isEqualTo(ended.json());
        assertThat(ended.completed()).isEqualTo(lines.count());
        assertThat(tester.check(ended, lines)).isEqualTo(new ResultCheck.Summary(lines.count(), Map.of()));
    }

    @Test
    void aStandbyLeadsWhenTheSchedulersLeaderIsKilled(Tester tester) throws Exception {
        tester.simulator().behave(Map.of("latency_ms", LATENCY_MS, "count_lines", true));
        ChatLines lines = ChatLines.of(10_000);
        Batch batch = tester.start(lines);
        awaitCalls(tester, 2_000);
        Servers servers = new Servers(tester.stack());
        String leader = servers.schedulerLeader();

        tester.kill(leader);

        Awaitility.await("the other dispatcher leads")
                .until(() -> !servers.schedulerLeader().equals(leader));
        Batch ended = tester.end(batch);
        assertThat(tester.check(ended, lines).output()).isEqualTo(lines.count());
    }

    @Test
    void aBatchOutlivesTheComingAndGoingOfItsFinalizers(Tester tester) {
        tester.simulator().behave(Map.of("latency_ms", LATENCY_MS, "count_lines", true));
        ChatLines lines = ChatLines.of(12_000);
        List<Batch> batches = List.of(tester.start(lines), tester.start(lines));
        awaitCalls(tester, lines.count() / 4);

        tester.up("--finalizers", "2");
        awaitCalls(tester, lines.count());
        tester.stop(Tester.FINALIZER);
        tester.simulator().behave(Map.of("count_lines", true));

        for (Batch batch : batches) {
            Batch ended = tester.end(batch);
            assertThat(tester.check(ended, lines).output()).isEqualTo(lines.count());
        }
        assertThat(tester.simulator().requests()).isEqualTo(2L * lines.count());
        tester.up("--finalizers", "1");
    }

    private static Batch startAndAwaitHalf(Tester tester) {
        tester.simulator().behave(Map.of("latency_ms", LATENCY_MS, "count_lines", true));
        Batch batch = tester.start(LINES);
        awaitCalls(tester, LINES.count() / 2);
        return batch;
    }

    private static void awaitCalls(Tester tester, int calls) {
        Awaitility.await(calls + " calls were made")
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> tester.simulator().requests() >= calls);
    }
}
