package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.model.MalformedRecordException;
import dev.longhaul.model.SliceHint;
import dev.longhaul.model.SliceHints;
import dev.longhaul.model.Topics;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * Takes hints from the share group while this process is hungry, claims all slices of a poll in one statement, acknowledges the hints at
 * once (from there PostgreSQL knows who has what), and has the slices opened.
 */
@ApplicationScoped
public class SliceIntake {
    private static final Logger LOG = Logger.getLogger(SliceIntake.class);
    /** Records of a poll, each of many small slices or one large one. Few, since there must be memory for that many slices before it. */
    static final int HINTS_A_POLL = 4;

    private static final Duration POLL = Duration.ofMillis(500);
    private static final long HUNGER_MILLIS = 50;
    private static final long RETRY_MILLIS = 500;
    /** While S3 is away its slices only come and go; those that do not need it get through all the same. */
    private static final long HELD_UP_MILLIS = 100;

    private final Map<String, Object> kafka;
    private final ClaimStore claims;
    private final SliceOpening opening;
    private final SliceReports reports;
    private final Appetite appetite;
    private final ProcessLease lease;
    private final HintDeadLetters deadLetters;
    private final Semaphore hunger = new Semaphore(0);
    private final Thread thread =
            Thread.ofPlatform().name("slice-intake").daemon().unstarted(this::run);
    private volatile boolean running = true;
    /** Whether the last claim failed, so that slices may have been claimed without an answer. */
    private boolean unanswered;

    SliceIntake(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            ClaimStore claims,
            SliceOpening opening,
            SliceReports reports,
            Appetite appetite,
            ProcessLease lease,
            HintDeadLetters deadLetters) {
        this.kafka = kafka;
        this.claims = claims;
        this.opening = opening;
        this.reports = reports;
        this.appetite = appetite;
        this.lease = lease;
        this.deadLetters = deadLetters;
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
        opening.stop();
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
                // Whatever it was, hints are only hints: the leader sends those again whose slices nobody claimed.
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
            takeSome(consumer);
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

    private void takeSome(KafkaShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
        List<SliceHint> hints = new ArrayList<>();
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            records.add(record);
            try {
                hints.addAll(SliceHints.decode(record.value()).hints());
            } catch (MalformedRecordException e) {
                deadLetters.send(record, e);
            }
        }
        List<SliceClaim> claimed = hints.isEmpty() ? List.of() : claim(hints);
        // From here on they are ours, whatever becomes of the acknowledgement.
        reports.claimed(claimed);
        claimed.forEach(opening::open);
        records.forEach(record -> consumer.acknowledge(record, AcknowledgeType.ACCEPT));
        consumer.commitAsync();
        if (opening.isHeldUp()) {
            TimeUnit.MILLISECONDS.sleep(HELD_UP_MILLIS);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
