package dev.longhaul.finalizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.finalizer.FinalizerTester.TestBatch;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.ObjectKeys;
import dev.longhaul.model.ResultKind;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class FinalizerTest {
    private static final String WAITING = "select pid from pg_stat_activity"
            + " where wait_event_type = 'Lock' and query like 'update results_partition p set checkpoint_offset%'";
    private static final String WAITING_CHECKPOINTS = "select count(*) from (" + WAITING + ") w";

    private final FinalizerTester tester = FinalizerTester.shared();

    @Test
    void shouldCompleteAOneLineBatchWithItsLineInTheOutputFile() throws Exception {
        TestBatch batch = tester.batch(0, 1);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            batch.produce(0, LineOutcome.COMPLETED, 0);
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(batch.output()).isEqualTo(batch.line(0, 0));
        assertThat(batch.row().getString("output_file_id")).isEqualTo("file-out" + batch.id);
        assertThat(batch.row().getString("error_file_id")).isNull();
        assertThat(batch.row().getLong("total_tokens")).isEqualTo(3);
        assertThat(batch.slice(0).getString("state")).isEqualTo("done");
        assertThat(batch.slice(0).getString("holder")).isNull();
        assertThat(tester.count("select count(*) from outbox where batch_id = $1", batch.id))
                .isEqualTo(2);
        assertThat(tester.count(
                        "select bytes from file where id = $1 and state = 'ready' and purpose = 'batch_output'"
                                + " and expires_at > now() + interval '29 days'",
                        "file-out" + batch.id))
                .isEqualTo(batch.line(0, 0).length());
    }

    @Test
    void shouldCompleteAnAllFailedBatchWithoutOutputFile() throws Exception {
        TestBatch batch = tester.batch(1, 2);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            batch.produce(0, LineOutcome.FAILED, 0, 1);
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(batch.row().getString("output_file_id")).isNull();
        assertThat(batch.row().getString("error_file_id")).isEqualTo("file-err" + batch.id);
        assertThat(batch.row().getLong("lines_failed")).isEqualTo(2);
    }

    @Test
    void shouldWriteManyLinesInSeveralObjectsEachOnceWithDuplicatesAmongThem() throws Exception {
        int[] slices = IntStream.range(0, 20).map(i -> 200).toArray();
        TestBatch batch = tester.batch(0, slices);
        try (Finalizer finalizer =
                tester.finalizer("segment-bytes", "8K", "inline-bytes", "1K", "hold-back", "100ms")) {
            finalizer.start();
            for (int seq = 0; seq < slices.length; seq++) {
                batch.produce(
                        seq, LineOutcome.COMPLETED, IntStream.range(0, 120).toArray());
                batch.produce(seq, LineOutcome.FAILED, IntStream.range(60, 190).toArray());
                batch.produce(
                        seq, LineOutcome.COMPLETED, IntStream.range(100, 200).toArray());
            }
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(batch.row().getLong("lines_completed")).isEqualTo(20 * 130);
        assertThat(batch.row().getLong("lines_failed")).isEqualTo(20 * 70);
        assertThat(batch.row().getLong("input_tokens")).isEqualTo(4_000);
        assertThat((batch.output() + batch.errors()).lines().sorted())
                .isEqualTo(IntStream.range(0, 20)
                        .boxed()
                        .flatMap(seq -> IntStream.range(0, 200)
                                .mapToObj(line -> batch.line(seq, line).strip()))
                        .sorted()
                        .toList());
        assertThat(tester.objects.list(ObjectKeys.resultsPrefix(batch.id))).hasSizeGreaterThan(4);
        assertThat(tester.count(
                        "select count(*) from file_segment where file_id = $1 and object_key is not null",
                        "file-out" + batch.id))
                .isGreaterThan(3);
    }

    @Test
    void shouldGrowATailInItsRowAndMakeItAnObjectOnceItIsLarge() throws Exception {
        TestBatch batch = tester.batch(0, 100);
        String inline = "select count(inline) from file_segment where file_id = $1";
        String bytes = "select coalesce(sum(bytes)::bigint, 0) from file_segment where file_id = $1";
        String file = "file-out" + batch.id;
        try (Finalizer finalizer =
                tester.finalizer("inline-bytes", "200", "hold-back", "10ms", "checkpoint-every", "20ms")) {
            finalizer.start();
            batch.produce(0, LineOutcome.COMPLETED, 0);
            await().until(() -> tester.count(inline, file) == 1);
            batch.produce(0, LineOutcome.COMPLETED, 1, 2);
            await().until(() -> tester.count(bytes, file) == batch.output().length()
                    && batch.output().lines().count() == 3);
            assertThat(tester.count(inline, file)).isEqualTo(1);
            assertThat(tester.count("select count(*) from file_segment where file_id = $1", file))
                    .isEqualTo(1);
            batch.produce(0, LineOutcome.COMPLETED, IntStream.range(3, 50).toArray());
            await().until(() -> tester.count(inline, file) == 0);
            assertThat(batch.output().lines().count()).isEqualTo(50);
            assertThat(batch.slice(0).getString("state")).isEqualTo("claimed");
            batch.produce(0, LineOutcome.COMPLETED, IntStream.range(50, 100).toArray());
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(batch.output().lines().distinct().count()).isEqualTo(100);
    }

    @Test
    void shouldGoOnAfterARestartWhereTheCheckpointWas() throws Exception {
        TestBatch batch = tester.batch(0, 50, 50);
        TestBatch other = tester.batch(0, 2);
        try (Finalizer first = tester.finalizer("inline-bytes", "100", "hold-back", "1h")) {
            first.start();
            batch.produce(0, LineOutcome.COMPLETED, IntStream.range(0, 50).toArray());
            other.produce(0, LineOutcome.COMPLETED, 0);
            await().until(() -> other.output().length() > 0);
        }
        assertThat(batch.row().getLong("lines_completed")).isZero();
        try (Finalizer second = tester.finalizer()) {
            second.start();
            batch.produce(1, LineOutcome.COMPLETED, IntStream.range(0, 50).toArray());
            other.produce(0, LineOutcome.COMPLETED, 0, 1);
            batch.awaitStatus(BatchStatus.COMPLETED);
            other.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(batch.output().lines().distinct().count()).isEqualTo(100);
        assertThat(batch.row().getLong("lines_completed")).isEqualTo(100);
        assertThat(other.output()).isEqualTo(other.line(0, 0) + other.line(0, 1));
    }

    @Test
    void shouldWriteNothingUnderAnEpochThatAnotherOwnerHasRaised() throws Exception {
        TestBatch batch = tester.batch(0, 10);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            batch.produce(0, LineOutcome.COMPLETED, 0);
            await().until(() -> batch.row().getLong("lines_completed") == 1);
            tester.database.run("update results_partition set epoch = epoch + 100 where partition = 0");
            long epoch = tester.count("select epoch from results_partition where partition = 0");
            batch.produce(0, LineOutcome.COMPLETED, 1);
            // It has seen that it is fenced when it takes the partition over anew, as Kafka still says that it may.
            String writtenMeanwhile = "select count(*) from batch, results_partition"
                    + " where id = $1 and lines_completed > 1 and partition = 0 and epoch = $2";
            await().failFast("it wrote", () -> tester.count(writtenMeanwhile, batch.id, epoch) > 0)
                    .until(() -> tester.count("select epoch from results_partition where partition = 0") > epoch);
            batch.produce(0, LineOutcome.COMPLETED, IntStream.range(2, 10).toArray());
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(batch.output().lines().distinct().count()).isEqualTo(10);
    }

    @Test
    void shouldGoOnWithOtherPartitionsWhilePostgresqlRefusesTheCheckpointOfOne() throws Exception {
        TestBatch refused = tester.batch(0, 2);
        TestBatch other = tester.batch(1, 2);
        tester.database.run("update batch set total_tokens = $2 where id = $1", refused.id, Long.MAX_VALUE);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            refused.produce(0, LineOutcome.COMPLETED, 0, 1);
            other.produce(0, LineOutcome.COMPLETED, 0, 1);

            other.awaitStatus(BatchStatus.COMPLETED);
            assertThat(refused.status()).isEqualTo(BatchStatus.IN_PROGRESS);
            tester.database.run("update batch set total_tokens = 0 where id = $1", refused.id);
            refused.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(refused.output().lines().distinct().count()).isEqualTo(2);
    }

    @Test
    void shouldPutPoisonAsideAndGoOn() throws Exception {
        TestBatch batch = tester.batch(0, 2);
        int before = tester.deadLetters().size();
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            tester.send(0, "no chunk".getBytes(UTF_8));
            tester.send(1, batch.chunk(0, LineOutcome.COMPLETED, line -> "elsewhere\n", 0));
            batch.produce(0, LineOutcome.COMPLETED, 7);
            await().until(() -> tester.deadLetters().size() == before + 3);
            assertThat(batch.slice(0).getString("state")).isEqualTo("pending");
            batch.produce(0, LineOutcome.COMPLETED, 0, 1);
            batch.awaitStatus(BatchStatus.COMPLETED);
            assertThat(finalizer.deadLetters()).isEqualTo(3);
        }
        List<ConsumerRecord<byte[], byte[]>> letters = tester.deadLetters();
        assertThat(letters.subList(before, before + 3))
                .extracting(letter ->
                        new String(letter.headers().lastHeader("reason").value(), UTF_8))
                .anyMatch(reason -> reason.contains("unknown version"))
                .anyMatch(reason -> reason.contains("has no batch"))
                .anyMatch(reason -> reason.contains("no line 7"));
        assertThat(batch.output()).isEqualTo(batch.line(0, 0) + batch.line(0, 1));
    }

    @Test
    void shouldHaveSlicesExecutedAgainWhenTheLogDoesNotReachTheCheckpoint() throws Exception {
        TestBatch batch = tester.batch(1, 2);
        tester.database.run("insert into results_partition (partition, checkpoint_offset) values (1, 1000000)"
                + " on conflict (partition) do update set checkpoint_offset = 1000000");
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            await().until(() -> batch.slice(0).getString("state").equals("pending"));
            batch.produce(0, LineOutcome.COMPLETED, 0, 1);
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(batch.output().lines().count()).isEqualTo(2);
    }

    @Test
    void shouldReadAgainWhatWasSealedWhenItEndsBeforeTheCheckpoint() throws Exception {
        TestBatch batch = tester.batch(0, 50);
        String prefix = ObjectKeys.resultsPrefix(batch.id);
        try (Finalizer finalizer = tester.finalizer("inline-bytes", "100", "hold-back", "10ms")) {
            finalizer.start();
            batch.produce(0, LineOutcome.COMPLETED, 0);
            await().until(() -> batch.row().getLong("lines_completed") == 1);
            String orphan = tester.database.inTransaction(held -> {
                held.run("select from results_partition where partition = 0 for update");
                batch.produce(0, LineOutcome.COMPLETED, IntStream.range(1, 50).toArray());
                await("it is sealed").until(() -> tester.objects.list(prefix).size() == 1);
                await("its checkpoint has begun").until(() -> tester.count(WAITING_CHECKPOINTS) == 1);
                // Whatever the loop holds is gone with the connection: the next owner, here it is itself, reads it
                // again.
                tester.database.run("select pg_terminate_backend(pid) from (" + WAITING + ") w");
                await("it has given up").until(() -> tester.count(WAITING_CHECKPOINTS) == 0);
                return tester.objects.list(prefix).getFirst();
            });
            batch.awaitStatus(BatchStatus.COMPLETED);
            await("what no row names is swept")
                    .until(() -> !tester.objects.list(prefix).contains(orphan));
        }
        assertThat(batch.row().getLong("lines_completed")).isEqualTo(50);
        assertThat(batch.output().lines().distinct().count()).isEqualTo(50);
    }

    @Test
    void shouldSweepWhatAFencedOwnerLeftAndNothingElse() throws Exception {
        TestBatch batch = tester.batch(0, 2);
        String orphan = ObjectKeys.resultSegment(batch.id, ResultKind.OUTPUT, 0, 7);
        String named = ObjectKeys.resultSegment(batch.id, ResultKind.OUTPUT, 0, 8);
        byte[] line = batch.line(0, 0).getBytes(UTF_8);
        tester.objects.put(orphan, line, line.length);
        tester.objects.put(named, line, line.length);
        tester.database.run(
                "insert into file_segment (file_id, seq, bytes, object_key) values ($1, 0, $2, $3)",
                "file-out" + batch.id,
                (long) line.length,
                named);
        tester.database.run("insert into results_partition (partition, epoch) values (0, 1)"
                + " on conflict (partition) do update set epoch = results_partition.epoch + 1");
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            await().until(() ->
                    tester.objects.list(ObjectKeys.resultsPrefix(batch.id)).equals(List.of(named)));
            String late = ObjectKeys.resultSegment(batch.id, ResultKind.OUTPUT, 0, 9);
            tester.objects.put(late, line, line.length);
            batch.produce(0, LineOutcome.COMPLETED, 0, 1);
            batch.awaitStatus(BatchStatus.COMPLETED);
            await().until(() ->
                    tester.objects.list(ObjectKeys.resultsPrefix(batch.id)).equals(List.of(named)));
        }
    }
}
