package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.model.MalformedRecordException;
import dev.longhaul.model.SliceHint;
import dev.longhaul.model.SliceId;
import dev.longhaul.model.Topics;
import dev.longhaul.store.StoreException;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes hints from the share group while this process is hungry, claims their slices in PostgreSQL, acknowledges the hints at once
 * (from there PostgreSQL knows who has what), reads the slices' bytes and hands them to the lanes.
 */
@ApplicationScoped
public class SliceIntake {
    private static final Logger LOG = Logger.getLogger(SliceIntake.class);
    /** Hints of a poll. Few, since there must be memory for that many slices before it. */
    static final int HINTS_A_POLL = 4;

    private static final Duration POLL = Duration.ofMillis(500);
    private static final long HUNGER_MILLIS = 50;
    private static final long RETRY_MILLIS = 500;
    private static final long UNREADABLE_MILLIS = 10_000;
    /** A slice that finds no memory would be released again at once, and again, until there is some. */
    private static final long CROWDED_MILLIS = 500;

    private final Map<String, Object> kafka;
    private final ClaimStore claims;
    private final SliceReader reader;
    private final RedeliveryScan redelivery;
    private final Dispatch dispatch;
    private final SliceReports reports;
    private final Appetite appetite;
    private final ProcessLease lease;
    private final HintDeadLetters deadLetters;
    private final SuspectRuns suspects;
    private final DispatcherConfig config;
    private final Semaphore hunger = new Semaphore(0);
    private final Thread thread =
            Thread.ofPlatform().name("slice-intake").daemon().unstarted(this::run);
    private volatile boolean running = true;
    /** Whether the last claim failed, so that slices may have been claimed without an answer. */
    private boolean unanswered;

    SliceIntake(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            ClaimStore claims,
            SliceReader reader,
            RedeliveryScan redelivery,
            Dispatch dispatch,
            SliceReports reports,
            Appetite appetite,
            ProcessLease lease,
            HintDeadLetters deadLetters,
            SuspectRuns suspects,
            DispatcherConfig config) {
        this.kafka = kafka;
        this.claims = claims;
        this.reader = reader;
        this.redelivery = redelivery;
        this.dispatch = dispatch;
        this.reports = reports;
        this.appetite = appetite;
        this.lease = lease;
        this.deadLetters = deadLetters;
        this.suspects = suspects;
        this.config = config;
    }

    public void start() {
        thread.start();
    }

    /** Looks again whether there is room; any thread. */
    public void wake() {
        hunger.release();
    }

    /** Takes no further hint; returns when the last ones are settled, or after some seconds. */
    public void stop() {
        running = false;
        hunger.release();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (running) {
            try (KafkaShareConsumer<byte[], byte[]> consumer = new KafkaShareConsumer<>(
                    KafkaSettings.shareConsumer(kafka, Topics.SLICES_GROUP, HINTS_A_POLL),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                consumer.subscribe(List.of(Topics.SLICES));
                takeHints(consumer);
            } catch (RuntimeException e) {
                // Whatever it was, hints are only hints: the leader releases again what nobody claimed.
                LOG.warnf("LH-D030 taking slices failed, starting over: %s", e);
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void takeHints(KafkaShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
        while (running) {
            handBackUnanswered();
            if (!appetite.isHungry()) {
                if (hunger.tryAcquire(HUNGER_MILLIS, TimeUnit.MILLISECONDS)) {
                    hunger.drainPermits();
                }
                appetite.measure();
                continue;
            }
            List<SliceHint> hints = new ArrayList<>();
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                records.add(record);
                try {
                    hints.add(SliceHint.decode(record.value()));
                } catch (MalformedRecordException e) {
                    deadLetters.send(record, e);
                }
            }
            List<SliceClaim> claimed = hints.isEmpty() ? List.of() : claim(hints);
            // From here on they are ours, whatever becomes of the acknowledgement.
            reports.claimed(claimed);
            appetite.arriving(claimed.stream().mapToInt(SliceClaim::openLines).sum());
            takeOn(claimed.stream().filter(this::findsMemory).toList());
            records.forEach(record -> consumer.acknowledge(record, AcknowledgeType.ACCEPT));
            consumer.commitAsync();
            appetite.measure();
        }
    }

    private List<SliceClaim> claim(List<SliceHint> hints) {
        unanswered = true;
        List<SliceClaim> claimed = claims.claim(lease.identity().id(), hints);
        unanswered = false;
        return claimed;
    }

    /** A claim whose answer was lost may have brought slices. */
    private void handBackUnanswered() {
        if (unanswered) {
            reports.handBackUnanswered(lease.identity().id());
            unanswered = false;
        }
    }

    /** Reserves memory for a slice; it goes back at once if there is none. */
    private boolean findsMemory(SliceClaim claim) {
        boolean found = reports.reserve(claim, config.sliceBytes());
        if (!found) {
            goesBack(claim, false, CROWDED_MILLIS);
        }
        return found;
    }

    private void takeOn(List<SliceClaim> claimed) {
        claimed.stream()
                .filter(claim -> claim.claim() == 1)
                .forEach(claim -> Thread.startVirtualThread(() -> open(claim, RedeliveryScan.Done.before(claim))));
        claimed.stream()
                .filter(claim -> claim.claim() > 1)
                .collect(Collectors.groupingBy(SliceClaim::resultsPartition))
                .forEach((partition, again) -> Thread.startVirtualThread(() -> takeOnAgain(partition, again)));
    }

    private void takeOnAgain(int partition, List<SliceClaim> again) {
        SliceClaim first = again.getFirst();
        while (mayOpen(first)) {
            try {
                Map<SliceId, RedeliveryScan.Done> done = redelivery.doneLines(partition, again);
                again.forEach(claim -> Thread.startVirtualThread(
                        () -> open(claim, done.getOrDefault(claim.slice(), RedeliveryScan.Done.before(claim)))));
                return;
            } catch (RuntimeException e) {
                // Without it, lines whose results are written would be called once more.
                LOG.warnf("LH-D031 cannot look for results of redelivered slices, trying again: %s", e);
                pause();
            }
        }
        again.forEach(claim -> goesBack(claim, true, 0));
    }

    /** Reads a slice and hands it to the lanes; it goes back if that cannot be. */
    private void open(SliceClaim claim, RedeliveryScan.Done done) {
        boolean handed = false;
        long delayMillis = 0;
        try {
            SliceRun run = read(claim, done);
            if (run != null) {
                handed = true;
                begin(run);
            }
        } catch (RuntimeException e) {
            LOG.errorf(e, "LH-D034 slice %s cannot be begun", claim.slice());
            delayMillis = UNREADABLE_MILLIS;
        } finally {
            if (handed) {
                appetite.arriving(-claim.openLines());
            } else {
                goesBack(claim, true, delayMillis);
            }
        }
    }

    private void begin(SliceRun run) {
        reports.hold(run);
        if (run.open() == 0) {
            reports.add(run);
        } else if (run.claim().past().isSuspect()) {
            suspects.add(run);
        } else {
            run.groups().forEach(dispatch::offer);
        }
    }

    private void goesBack(SliceClaim claim, boolean reserved, long delayMillis) {
        appetite.arriving(-claim.openLines());
        reports.handBack(claim, reserved, System.currentTimeMillis() + delayMillis);
    }

    private @Nullable SliceRun read(SliceClaim claim, RedeliveryScan.Done done) {
        while (mayOpen(claim)) {
            try {
                return new SliceRun(claim, reader.read(claim), done, dispatch.lanes());
            } catch (StoreException e) {
                LOG.warnf("LH-D032 cannot read slice %s, trying again: %s", claim.slice(), e.getMessage());
                pause();
            }
        }
        return null;
    }

    private boolean mayOpen(SliceClaim claim) {
        return running
                && lease.covers(claim.holder())
                && !dispatch.isStopped(claim.slice().batchId());
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
