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
 * Brings committed events to Kafka: one process at a time, in id order. What Kafka has acknowledged is deleted by the next look, a
 * moment later. An event is repeated after a crash in between, under the same id; none is lost. Signals make it fast, looking every
 * other second makes it sure.
 */
@ApplicationScoped
class OutboxRelay {
    private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
    private static final int AT_ONCE = 200;
    private static final Duration RENEW_AFTER = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
    private static final Duration DELETE_AFTER = Duration.ofMillis(200);
    /** Until another try to lead, or to reach Kafka. Nothing wakes a process that does not lead. */
    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

    private final Setup setup;
    private final Outbox outbox;
    private final OutboxSignal signal;
    private final OutboxListener listener;
    private final EventPublisher publisher;
    private final LeaderLease lease;
    private final OutboxFloor floor = new OutboxFloor();
    private List<Outbox.Event> published = List.of();
    private volatile boolean leads;
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
        loop = Loop.start("outbox-relay", this::round);
        signal.onRaise(this::wake);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        Loop running = loop;
        if (running != null) {
            running.close();
        }
        listener.close();
        if (leads) {
            try {
                if (!published.isEmpty()) {
                    outbox.next(published, Long.MAX_VALUE, 0);
                }
                lease.release();
            } catch (StoreException e) {
                LOG.debugf("the lease ends by itself: %s", e.getMessage());
            }
        }
    }

    private Duration round() throws InterruptedException {
        if (!setup.isDone(Setup.Part.POSTGRESQL)) {
            return TRY_AGAIN;
        }
        while (isLeader()) {
            listener.ensureListening(this::wake);
            List<Outbox.Event> events = outbox.next(published, floor.above(System.nanoTime()), AT_ONCE);
            published = List.of();
            if (events.isEmpty()) {
                return LOOK_AGAIN;
            }
            published = publisher.publish(events);
            published.forEach(event -> floor.published(event.id()));
            if (published.size() < events.size()) {
                floor.lookAtAll();
                LOG.warnf("events=%d not acknowledged by Kafka, trying on", events.size() - published.size());
                return TRY_AGAIN;
            }
            if (events.size() < AT_ONCE) {
                return DELETE_AFTER;
            }
        }
        return TRY_AGAIN;
    }

    /** Returns whether this process leads, and so takes care of the signal. */
    private boolean wake() {
        Loop running = loop;
        if (!leads || running == null) {
            return false;
        }
        running.wake();
        return true;
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
            floor.lookAtAll();
            published = List.of();
        }
        leads = acquired;
        return acquired;
    }
}
