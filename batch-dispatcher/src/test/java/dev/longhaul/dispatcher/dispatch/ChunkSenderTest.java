package dev.longhaul.dispatcher.dispatch;

import static dev.longhaul.dispatcher.DispatcherTester.line;
import static dev.longhaul.dispatcher.DispatcherTester.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.dispatcher.DispatcherTester;
import dev.longhaul.model.Topics;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ChunkSenderTest {
    /** Kafka takes nothing for it, since it does not have it until the end of the test. */
    private static final int PARTITION = 1;

    private static final int LINES = 60;

    private final DispatcherTester tester = DispatcherTester.get();

    @Inject
    ChunkSender sender;

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @AfterEach
    void answerAsUsual() {
        tester.answerer = (exchange, body) -> reply(exchange, 200, "{\"echo\":true}");
    }

    @Test
    void aPartitionThatTakesNothingHoldsUpItsOwnBatchesAlone() throws Exception {
        String large = "{\"text\":\"" + "x".repeat(900_000) + "\"}";
        tester.answerer = (exchange, body) -> reply(exchange, 200, body.contains("unwritable") ? large : "{}");
        tester.sql("insert into results_partition (partition) values (?)", PARTITION);
        List<String> lines = IntStream.range(0, LINES)
                .mapToObj(i -> line("l" + i, DispatcherTester.FAKE, "unwritable " + i))
                .toList();
        String held = tester.batch("t1", lines, "results_partition = " + PARTITION);
        await("it has spent its part of the budget").until(() -> !sender.hasRoom(PARTITION));

        String other = tester.batch("t2", List.of(line("a", DispatcherTester.FAKE, "fine")));
        await().until(() -> tester.results(other).size() == 1);
        assertThat(sender.hasRoom()).isTrue();
        assertThat(calls()).isLessThan(LINES);

        try (Admin admin = Admin.create(kafka)) {
            admin.createPartitions(Map.of(Topics.RESULTS, NewPartitions.increaseTo(PARTITION + 1)))
                    .all()
                    .get();
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> tester.row("select state from slice where batch_id = ?", held)
                        .equals("reported"));
        assertThat(calls()).as("each line is called once").isEqualTo(LINES);
        await().until(() -> sender.hasRoom(PARTITION));
    }

    private long calls() {
        return tester.bodies.stream()
                .filter(body -> body.contains("unwritable"))
                .count();
    }
}
