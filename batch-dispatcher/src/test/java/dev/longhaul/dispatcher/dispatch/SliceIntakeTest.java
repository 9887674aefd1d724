package dev.longhaul.dispatcher.dispatch;

import static dev.longhaul.dispatcher.DispatcherTester.FAKE;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.dispatcher.DispatcherTester;
import dev.longhaul.model.SliceId;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
class SliceIntakeTest {
    private final DispatcherTester tester = DispatcherTester.get();

    @Inject
    SliceReports reports;

    @Inject
    DispatcherConfig config;

    @Test
    void noSliceIsTakenWhileMemoryForItIsUncertain() {
        SliceClaim huge = claimOf((int) config.sliceBytes() - 1);
        assertThat(reports.reserve(huge, config.sliceBytes())).isTrue();
        String batch;
        try {
            batch = tester.batch("t1", List.of(line("a", FAKE, "waits for memory")));
            await().untilAsserted(() -> assertThat(tester.row("select count(*) from slice where batch_id = ?", batch))
                    .isEqualTo("1"));

            await().during(Duration.ofSeconds(1)).until(() -> claims(batch) <= 1 && !isClaimed(batch));
        } finally {
            reports.handBack(huge, true, 0, false);
        }

        await().untilAsserted(() -> assertThat(tester.results(batch)).hasSize(1));
    }

    @Test
    void aLongLineThatFindsNoMemoryIsTriedAgainNowAndThenUntilThereIsSome() {
        int aPoll = SliceIntake.HINTS_A_POLL * config.sliceLength();
        SliceClaim huge = claimOf((int) config.sliceBytes() - aPoll);
        assertThat(reports.reserve(huge, config.sliceBytes())).isTrue();
        String batch;
        try {
            batch = tester.batch("t1", List.of(line("a", FAKE, "x".repeat(aPoll))));
            await().untilAsserted(() -> assertThat(
                            tester.row("select state, not_before is null from slice where batch_id = ?", batch))
                    .isEqualTo("pending|f"));

            await().during(Duration.ofSeconds(2)).until(() -> claims(batch) <= 6);
        } finally {
            reports.handBack(huge, true, 0, false);
        }

        await().untilAsserted(() -> assertThat(tester.results(batch)).hasSize(1));
    }

    private boolean isClaimed(String batch) {
        return tester.row("select state from slice where batch_id = ?", batch).equals("claimed");
    }

    private int claims(String batch) {
        return Integer.parseInt(tester.row("select claim from slice where batch_id = ?", batch));
    }

    private static SliceClaim claimOf(int length) {
        return new SliceClaim(
                new SliceId("batch_huge", 0),
                1,
                "nobody",
                "file-huge",
                "/v1/chat/completions",
                0,
                length,
                1,
                1,
                FAKE,
                null,
                0,
                0,
                null,
                SliceClaim.Past.NONE);
    }
}
