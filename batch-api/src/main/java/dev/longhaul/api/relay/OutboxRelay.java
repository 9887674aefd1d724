package dev.longhaul.api.relay;

import dev.longhaul.api.setup.Loop;
import dev.longhaul.api.setup.Setup;
import dev.longhaul.model.Ids;
import dev.longhaul.store.Database;
import dev.longhaul.store.LeaderLease;
import dev.longhaul.store.Outbox;
import dev.longhaul.store.OutboxListener;
import dev.longhaul.store.OutboxSignal;
import dev.longhaul.store.StoreException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings committed events to Kafka: one process at a time, in id order, deleting what Kafka has acknowledged. An event is repeated
 * after a crash in between, under the same id; none is lost. Signals make it fast, looking each second makes it sure.
 */
@ApplicationScoped
class OutboxRelay {
    private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
    private static final int AT_ONCE = 200;
    private static final Duration RENEW_AFTER = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Setup setup;
    private final Outbox outbox;
    private final OutboxSignal signal;
    private final OutboxListener listener;
    private final EventPublisher publisher;
    private final LeaderLease lease;
    private boolean leads;
    private long renewedNanos;
    private @Nullable Loop loop;

    OutboxRelay(
            Setup setup,
            Database database,
            Outbox outbox,
            OutboxSignal signal,
            OutboxListener listener,
            EventPublisher publisher) {
        this.setup = setup;
        this.outbox = outbox;
        this.signal = signal;
        this.listener = listener;
        this.publisher = publisher;
        this.lease = new LeaderLease(
                database, "relay", Ids.newId("api-", InstantSource.system().millis()));
    }

    void start(@Observes StartupEvent event) {
        Loop started = Loop.start("outbox-relay", this::round);
        loop = started;
        signal.onRaise(started::wake);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        Loop running = loop;
        if (running != null) {
            running.close();
        }
        listener.close();
        if (leads) {
            try {
                lease.release();
            } catch (StoreException e) {
                LOG.debugf("the lease ends by itself: %s", e.getMessage());
            }
        }
    }

    private Duration round() throws InterruptedException {
        if (!setup.isDone(Setup.Part.POSTGRESQL) || !isLeader()) {
            return LOOK_AGAIN;
        }
        listener.ensureListening(this::wake);
        while (isLeader()) {
            List<Outbox.Event> events = outbox.oldest(AT_ONCE);
            if (events.isEmpty()) {
                return LOOK_AGAIN;
            }
            List<Outbox.Event> published = publisher.publish(events);
            if (!published.isEmpty()) {
                outbox.delete(published);
            }
            if (published.size() < events.size()) {
                LOG.warnf("events=%d not acknowledged by Kafka, trying on", events.size() - published.size());
                return LOOK_AGAIN;
            }
        }
        return LOOK_AGAIN;
    }

    private void wake() {
        Loop running = loop;
        if (running != null) {
            running.wake();
        }
    }

    /** A relay that slept past its lease may repeat events, which their versions show; so nothing here checks the epoch. */
    private boolean isLeader() {
        if (leads && System.nanoTime() - renewedNanos < RENEW_AFTER.toNanos()) {
            return true;
        }
        renewedNanos = System.nanoTime();
        boolean acquired = lease.acquire().isPresent();
        if (acquired != leads) {
            LOG.infof("leader=relay leads=%s", acquired);
        }
        leads = acquired;
        return acquired;
    }
}
