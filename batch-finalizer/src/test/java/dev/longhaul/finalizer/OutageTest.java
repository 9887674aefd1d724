package dev.longhaul.finalizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.finalizer.FinalizerTester.TestBatch;
import dev.longhaul.localstack.Part;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.Topics;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store that is away costs time, never a line. */
class OutageTest {
    private static final int MEBIBYTE = 1 << 20;

    private final FinalizerTester tester = FinalizerTester.shared();

    @AfterEach
    void startAll() {
        for (Part part : Part.values()) {
            tester.start(part);
        }
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void shouldGoOnByItselfWhenAStoreIsBack(Part part) throws Exception {
        TestBatch batch = tester.batch(0, 100, 100);
        try (Finalizer finalizer = tester.finalizer("inline-bytes", "100", "hold-back", "50ms")) {
            finalizer.start();
            batch.produce(0, LineOutcome.COMPLETED, 0, 1, 2);
            await().until(() -> batch.row().getLong("lines_completed") == 3);
            batch.produce(0, LineOutcome.COMPLETED, IntStream.range(3, 100).toArray());
            tester.stop(part);
            if (part != Part.KAFKA) {
                batch.produce(1, LineOutcome.FAILED, IntStream.range(0, 99).toArray());
            }
            // Long enough for several tries; nothing signals "it has given up", since it must not.
            await().pollDelay(Duration.ofSeconds(3)).until(finalizer::isAlive);
            tester.start(part);
            batch.produce(1, LineOutcome.FAILED, IntStream.range(0, 100).toArray());
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(batch.output().lines().distinct().count()).isEqualTo(100);
        assertThat(batch.errors().lines().distinct().count()).isEqualTo(100);
    }

    @Test
    void shouldHoldNoMoreThanItsBudgetWhileS3IsAwayAndGoOnAfterwards() throws Exception {
        int lines = 30;
        TestBatch batch = tester.batch(0, lines);
        tester.stop(Part.S3);
        try (Finalizer finalizer = tester.finalizer("segment-bytes", "1M", "budget-bytes", "4M", "hold-back", "50ms")) {
            finalizer.start();
            for (int line = 0; line < lines; line++) {
                batch.produce(0, LineOutcome.COMPLETED, number -> "{\"n\":\"" + number + "x".repeat(MEBIBYTE) + "\"}\n", line);
            }
            await("the budget is spent").until(() -> finalizer.heldBytes() > 4 * MEBIBYTE);
            // One fetch may come on top: a partition's is 4 MiB.
            await("nothing more is fetched")
                    .during(Duration.ofSeconds(2))
                    .until(() -> finalizer.heldBytes() < 10 * MEBIBYTE);
            tester.start(Part.S3);
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(batch.output().lines().distinct().count()).isEqualTo(lines);
    }

    @Test
    void shouldGoOnWhenItsTopicWasLostAndCreatedAgain() throws Exception {
        TestBatch lost = tester.batch(0, 2);
        TestBatch batch = tester.batch(1, 1);
        try (Finalizer finalizer = tester.finalizer("checkpoint-every", "1h")) {
            finalizer.start();
            batch.produce(0, LineOutcome.COMPLETED, 0);
            batch.awaitStatus(BatchStatus.COMPLETED);
            lost.produce(0, LineOutcome.COMPLETED, 0);

            try (Admin admin = Admin.create(tester.kafka())) {
                admin.deleteTopics(List.of(Topics.RESULTS)).all().get();
                await("Kafka has forgotten it")
                        .until(() -> !admin.listTopics().names().get().contains(Topics.RESULTS));
            }
            await("a broker may not have heard yet of what it has created")
                    .ignoreExceptions()
                    .untilAsserted(() -> tester.topics().ensure());

            await("what was written to it runs again")
                    .until(() -> lost.slice(0).getString("state").equals("pending"));
            lost.produce(0, LineOutcome.COMPLETED, 0, 1);
            lost.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(lost.output()).isEqualTo(lost.line(0, 0) + lost.line(0, 1));
    }

    @Test
    void shouldNeverTakeAnInputForLostWhileS3IsAway() throws Exception {
        TestBatch batch = tester.batch(0, 3);
        batch.moveInput().write();
        batch.setPending();
        tester.stop(Part.S3);
        try (Finalizer finalizer = tester.finalizer("unreadable-after", "100ms")) {
            finalizer.start();
            batch.cancel();
            await("it has tried several times").until(() -> batch.slice(0).getInteger("claim") > 2);
            assertThat(batch.status()).isEqualTo(BatchStatus.CANCELLING);
            tester.start(Part.S3);
            batch.awaitStatus(BatchStatus.CANCELLED);
        }
        assertThat(batch.errors().lines()).hasSize(3).noneMatch(line -> line.contains("\"custom_id\":null"));
    }
}
