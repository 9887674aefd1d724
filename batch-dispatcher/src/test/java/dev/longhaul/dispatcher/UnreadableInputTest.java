package dev.longhaul.dispatcher;

import static dev.longhaul.dispatcher.DispatcherTester.FAKE;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.localstack.Part;
import dev.longhaul.model.SliceId;
import dev.longhaul.store.ObjectStore;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A batch whose input is in S3, and one beside it whose input is in PostgreSQL. */
@QuarkusTest
class UnreadableInputTest {
    private final DispatcherTester tester = DispatcherTester.get();

    @Inject
    ObjectStore objects;

    @AfterEach
    void withoutS3() throws IOException {
        tester.stop(Part.S3);
    }

    @Test
    void whileS3IsAwayItsBatchWaitsAndNoOtherDoes() throws IOException {
        SliceId waits = inS3("waits for S3");

        String other = tester.batch("t1", List.of(line("a", FAKE, "needs no S3")));

        await().untilAsserted(() -> assertThat(tester.results(other)).hasSize(1));
        await().untilAsserted(() -> assertThat(goneBack(waits)).isGreaterThan(1));
        assertThat(tester.results(waits.batchId())).isEmpty();

        String text = lines("waits for S3");
        tester.start(Part.S3);
        objects.ensureBucket();
        put(waits, text);
        await().untilAsserted(() -> assertThat(tester.results(waits.batchId())).hasSize(200));
    }

    @Test
    void aBatchWhoseObjectIsGoneEndsWithErrorsAndHoldsUpNoOther() throws IOException {
        tester.start(Part.S3);
        objects.ensureBucket();
        SliceId gone = inS3("is gone");

        String other = tester.batch("t1", List.of(line("a", FAKE, "is there")));

        await().untilAsserted(() -> assertThat(tester.results(other)).hasSize(1));
        await().untilAsserted(() -> assertThat(tester.results(gone.batchId()))
                .hasSize(200)
                .allSatisfy(result -> assertThat(result.text()).contains("input_unavailable")));
    }

    @Test
    void aBatchWhoseObjectComesBackInTimeRuns() throws IOException {
        tester.start(Part.S3);
        objects.ensureBucket();
        SliceId slice = inS3("comes back");
        await().untilAsserted(() -> assertThat(tester.row(
                        "select unreadable_since is not null from slice where batch_id = ?", slice.batchId()))
                .isEqualTo("t"));
        tester.sql("update slice set unreadable_since = now() + interval '1 h' where batch_id = ?", slice.batchId());

        put(slice, lines("comes back"));

        await().untilAsserted(() -> assertThat(tester.results(slice.batchId()))
                .hasSize(200)
                .allSatisfy(result -> assertThat(result.text()).doesNotContain("input_unavailable")));
    }

    /** A batch of one slice with more lines than any backend's runway. */
    private SliceId inS3(String text) {
        SliceId slice = tester.slice(lines(text).lines().toList(), FAKE, "state", "'done'");
        tester.sql(
                "update file_segment set inline = null, object_key = ? where file_id = ?",
                key(slice),
                "file-" + slice.batchId());
        tester.sql("update slice set state = 'pending' where batch_id = ?", slice.batchId());
        return slice;
    }

    private static String lines(String text) {
        return String.join(
                        "\n",
                        IntStream.range(0, 200)
                                .mapToObj(i -> line("l" + i, FAKE, text))
                                .toList())
                + "\n";
    }

    private void put(SliceId slice, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        objects.put(key(slice), bytes, bytes.length);
    }

    private static String key(SliceId slice) {
        return "test/" + slice.batchId();
    }

    private int goneBack(SliceId slice) {
        return Integer.parseInt(tester.row("select claim from slice where batch_id = ?", slice.batchId()));
    }
}
