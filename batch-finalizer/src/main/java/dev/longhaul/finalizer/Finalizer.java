package dev.longhaul.finalizer;

import dev.longhaul.finalizer.checkpoint.CheckpointWriter;
import dev.longhaul.finalizer.checkpoint.PartitionStore;
import dev.longhaul.finalizer.gather.GatherLimits;
import dev.longhaul.finalizer.intake.DeadLetters;
import dev.longhaul.finalizer.intake.LoopSettings;
import dev.longhaul.finalizer.intake.ResultsReader;
import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.finalizer.retention.Retention;
import dev.longhaul.finalizer.settle.OpenBatches;
import dev.longhaul.finalizer.settle.OrphanSweep;
import dev.longhaul.finalizer.settle.Settlement;
import dev.longhaul.finalizer.settle.Settler;
import dev.longhaul.finalizer.unserved.UnservedAnswers;
import dev.longhaul.store.Database;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.Transitions;
import dev.longhaul.store.kafka.ProducerSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** All the parts of one finalizer, put together; several may run in one process. */
final class Finalizer implements AutoCloseable {
    private static final Duration RETENTION_EVERY = Duration.ofMinutes(10);

    private final Producer<byte[], byte[]> producer;
    private final DeadLetters deadLetters;
    private final ResultsReader reader;
    private final Settler settler;
    private final OwnedPartitions owned;
    private final OrphanSweep orphans;
    private final UnservedAnswers unserved;
    private final Retention retention;

    Finalizer(
            FinalizerConfig config,
            String instance,
            Map<String, Object> kafka,
            Database database,
            ObjectStore objects,
            Transitions transitions) {
        producer = new KafkaProducer<>(producerSettings(kafka), new ByteArraySerializer(), new ByteArraySerializer());
        deadLetters = new DeadLetters(producer);
        Settlement settlement = new Settlement(transitions, config.keepFiles());
        OpenBatches batches = new OpenBatches(database, settlement);
        orphans = new OrphanSweep(batches, database, objects);
        owned = new OwnedPartitions(new OwnedPartitions.Listener() {
            @Override
            public void tookOver(int partition, long epoch) {
                orphans.tookOver(partition, epoch);
                settler.wake();
            }

            @Override
            public void lost(int partition) {
                orphans.lost(partition);
            }

            @Override
            public void ended(Collection<String> batchIds) {
                orphans.ended(batchIds);
            }
        });
        unserved = new UnservedAnswers(
                owned, database, new FileSegments(database, objects), producer, config.unreadableAfter());
        reader = new ResultsReader(
                new LoopSettings(kafka, instance, config.returns(), config.checkpointEvery()),
                limits(config),
                new PartitionStore(database),
                new CheckpointWriter(database, settlement),
                objects,
                deadLetters,
                owned);
        settler = new Settler(owned, batches, config.settleEvery(), this::ended, unserved);
        retention = new Retention(() -> owned.epochs().keySet(), database, kafka, config.keepTraces(), RETENTION_EVERY);
    }

    private void ended(Collection<String> batchIds) {
        reader.forget(batchIds);
        orphans.ended(batchIds);
    }

    void start() {
        orphans.start();
        settler.start();
        retention.start();
        reader.start();
    }

    /** Has the open batches looked at now; never blocks. */
    void wake() {
        settler.wake();
    }

    /** Whether the results loop's thread runs. */
    boolean isAlive() {
        return reader.isAlive();
    }

    /** How long the current turn of the results loop has lasted. */
    Duration sinceLastTurn() {
        return reader.sinceLastTurn();
    }

    /** The memory of all results that are not recorded yet, in bytes. */
    long heldBytes() {
        return reader.heldBytes();
    }

    /** Records put aside since the start. */
    long deadLetters() {
        return deadLetters.count();
    }

    /** The partitions that are assigned to this process and have not been read for at least this long. */
    List<OwnedPartitions.Wait> waiting(Duration atLeast) {
        return owned.waiting(atLeast);
    }

    /** Whoever sends tries again: so what Kafka does not take is given up soon, and leaves its memory to other partitions. */
    private static Map<String, Object> producerSettings(Map<String, Object> kafka) {
        Map<String, Object> settings = ProducerSettings.of(kafka);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 20_000);
        return settings;
    }

    static GatherLimits limits(FinalizerConfig config) {
        return new GatherLimits(
                config.segmentBytes().asBigInteger().intValueExact(),
                config.inlineBytes().asBigInteger().intValueExact(),
                config.holdBack().toMillis(),
                config.budgetBytes().asLongValue());
    }

    @Override
    public void close() throws InterruptedException {
        reader.close();
        settler.close();
        unserved.close();
        orphans.close();
        retention.close();
        producer.close(Duration.ZERO);
    }
}
