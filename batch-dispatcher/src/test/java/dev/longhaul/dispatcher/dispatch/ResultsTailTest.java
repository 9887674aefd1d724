package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.dispatcher.DispatcherTester;
import dev.longhaul.store.Database;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ResultsTailTest {
    /** A partition that nobody else uses. */
    private static final int PARTITION = 7;

    private final DispatcherTester tester = DispatcherTester.get();

    @Inject
    ResultsTail running;

    @Inject
    Database database;

    @Inject
    DispatcherConfig config;

    @Test
    void aDispatcherTakesNothingOnWhileCheckpointsAreTooFarBehind() {
        tester.sql("insert into results_partition (partition) values (?)", PARTITION);
        await().until(() -> !wanted().equals("0"));

        running.written(PARTITION, 41, (int) config.tailBytes());
        await().until(() -> wanted().equals("0"));

        tester.sql("update results_partition set checkpoint_offset = 42 where partition = ?", PARTITION);
        await().until(() -> !wanted().equals("0"));
        tester.sql("delete from results_partition where partition = ?", PARTITION);
    }

    @Test
    void aStretchCountsUntilACheckpointHasPassedAllOfIt() {
        int half = (int) (config.tailBytes() / 2);
        ResultsTail tail = new ResultsTail(database, config);
        tail.written(0, 4, half);
        tail.passed(0, 0);
        tail.written(0, 5, half / 2);
        tail.written(0, 9, half / 2);
        assertThat(tail.hasRoom()).isFalse();

        tail.passed(1, 100);
        tail.passed(0, 4);
        assertThat(tail.hasRoom()).isFalse();

        tail.passed(0, 5);
        assertThat(tail.hasRoom()).isTrue();
        tail.passed(0, 9);
        tail.written(0, 10, half);
        assertThat(tail.hasRoom()).as("record 9 is in no checkpoint").isFalse();
        tail.passed(0, 11);
        tail.written(0, 11, half);
        assertThat(tail.hasRoom()).isTrue();
    }

    @Test
    void aLogThatBeganAnewHasNothingOfWhatWasWrittenBefore() {
        ResultsTail tail = new ResultsTail(database, config);
        tail.passed(0, 1_000);
        tail.written(0, 1_000, (int) config.tailBytes());
        tail.passed(0, 1_000);
        assertThat(tail.hasRoom()).isFalse();

        tail.passed(0, 0);

        assertThat(tail.hasRoom()).isTrue();
    }

    @Test
    void howeverLongCheckpointsAreAwayWhatIsKeptOfItStaysSmall() {
        ResultsTail tail = new ResultsTail(database, config);
        for (int second = 0; second < 1_000; second++) {
            tail.written(0, second, (int) (config.tailBytes() / 1_000) + 1);
            tail.passed(0, 0);
        }
        assertThat(tail.hasRoom()).isFalse();

        tail.passed(0, 999);
        assertThat(tail.hasRoom()).isTrue();
    }

    private String wanted() {
        return tester.row("select wanted ->> 'fake' from process where kind = 'dispatcher' and lease_until > now()");
    }
}
