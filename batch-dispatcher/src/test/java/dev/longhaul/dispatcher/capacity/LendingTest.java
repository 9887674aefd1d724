package dev.longhaul.dispatcher.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.dispatcher.DispatcherTester;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The dispatcher under test leads; the other is a row. */
@QuarkusTest
class LendingTest {
    private static final String BACKEND = "embedder";
    private static final int CEILING = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private final DispatcherTester tester = DispatcherTester.get();

    @Inject
    LocalShares shares;

    @Inject
    ClusterCapacity cluster;

    @AfterEach
    void asItWas() {
        tester.sql("delete from process where id = 'other'");
        await().atMost(PATIENCE).until(() -> shares.of(BACKEND) == CEILING);
    }

    @Test
    void oneAloneHasEverything() {
        await().atMost(PATIENCE).until(() -> shares.of(BACKEND) == CEILING);
    }

    @Test
    void whatAnotherCouldUseIsLentToItOnceItIsGivenUpHereAndComesBackWhenItIsGone() {
        other("{\"demand\":{\"embedder\":100},\"wanted\":{\"embedder\":3}}");

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(lent()).isEqualTo("8"));
        assertThat(shares.of(BACKEND)).isZero();
        assertThat(cluster.dispatchers()).isEqualTo(2);

        tester.sql("delete from process where id = 'other'");
        await().atMost(PATIENCE).until(() -> shares.of(BACKEND) == CEILING);
    }

    @Test
    void whatOneHoldsThatMissesItsRenewalsIsLentToOthers() {
        other("{\"lent\":{\"embedder\":6},\"demand\":{\"embedder\":6}}");
        await().atMost(PATIENCE).until(() -> shares.of(BACKEND) == 1);

        tester.sql("update process set lease_until = now() + interval '7900 ms' where id = 'other'");

        await().atMost(PATIENCE).until(() -> shares.of(BACKEND) == CEILING);
    }

    @Test
    void aDispatcherOfAnEarlierVersionKeepsItsEvenPart() {
        other("{}");

        await().atMost(PATIENCE).until(() -> shares.of(BACKEND) == CEILING / 2);
    }

    private String lent() {
        return tester.row("select shares -> 'shares' ->> 'embedder' from process where id = 'other'");
    }

    /** Started later, so that the leader does not miss its session. */
    private void other(String capacity) {
        tester.sql(
                "insert into process (id, kind, started_at, lease_until, capacity)"
                        + " values ('other', 'dispatcher', now() + interval '1 h', now() + interval '1 h', ?::jsonb)",
                capacity);
    }
}
