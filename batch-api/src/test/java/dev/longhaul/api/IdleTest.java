package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the service asks of PostgreSQL by itself. It runs as {@link TrustedNetworkTest} does: there the janitor has its usual interval. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
@TestProfile(TrustedNetworkTest.NoKeys.class)
class IdleTest {
    private static final String RELAY = "outbox-relay";

    @Inject
    Database database;

    @BeforeEach
    void ready() {
        Readiness.await();
    }

    @Test
    void shouldAskTwiceASecondAtMostWhenIdle() {
        long begun = System.nanoTime();
        long before = Faults.count();

        // The first ones may still belong to what came before.
        await("12 statements").atMost(Duration.ofMinutes(2)).until(() -> Faults.count() >= before + 12);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(4));
    }

    @Test
    void shouldAskOnceASecondAtMostWhileAnotherRelayLeadsWhateverIsCreated() throws Exception {
        Api api = new Api("");
        long before = Faults.count(RELAY);
        database.run("update lease set holder = 'another', until = now() + interval '5 minutes' where name = 'relay'");
        try {
            // At least one of them was to renew the lease.
            await("it has noticed").until(() -> Faults.count(RELAY) >= before + 4);
            long asked = Faults.count(RELAY);
            long begun = System.nanoTime();

            String batch = "";
            for (int i = 0; i < 30; i++) {
                batch = api.post("/v1/batches", "{\"input_file_id\":\"file-x\",\"endpoint\":\"/v1/embeddings\"}")
                        .id();
            }

            long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
            assertThat(Faults.count(RELAY) - asked).isLessThanOrEqualTo(seconds + 2);
            assertThat(outboxOf(batch)).isOne();
        } finally {
            database.run("update lease set until = now() where name = 'relay'");
        }
        await("it leads again").until(() -> database.run("select 1 from outbox").size() == 0);
    }

    private int outboxOf(String batch) {
        return database.run("select 1 from outbox where batch_id = $1", batch).size();
    }

    /** One look finds the three, another deletes them; the rest is for the lease, and for looks that were due. */
    @Test
    void shouldPublishABurstOfEventsInAFewStatements() {
        long before = Faults.count(RELAY);

        database.run("""
                insert into outbox (batch_id, event) select 'batch_burst', '{}' from generate_series(1, 3)""");
        database.run("select pg_notify('longhaul_outbox', '')");
        await("they are published and deleted")
                .until(() -> database.run("select 1 from outbox where batch_id = 'batch_burst'")
                                .size()
                        == 0);

        assertThat(Faults.count(RELAY) - before).isBetween(1L, 5L);
    }
}
