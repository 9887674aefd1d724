package dev.longhaul.finalizer;

import dev.longhaul.finalizer.checkpoint.CheckpointWriter;
import dev.longhaul.finalizer.checkpoint.Ownership;
import dev.longhaul.finalizer.gather.GatherLimits;
import dev.longhaul.finalizer.intake.DeadLetters;
import dev.longhaul.finalizer.intake.LoopSettings;
import dev.longhaul.finalizer.intake.Owner;
import dev.longhaul.finalizer.intake.ResultsReader;
import dev.longhaul.finalizer.settle.Settlement;
import dev.longhaul.store.Database;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.Transitions;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** All the parts of one finalizer, put together; several may run in one process. */
final class Finalizer implements AutoCloseable {
    private final Producer<byte[], byte[]> producer;
    private final ResultsReader reader;

    Finalizer(
            FinalizerConfig config,
            Map<String, Object> kafka,
            Database database,
            ObjectStore objects,
            Transitions transitions) {
        producer = new KafkaProducer<>(producerSettings(kafka));
        Settlement settlement = new Settlement(transitions, config.keepFiles());
        Owner owner = new Owner() {
            @Override
            public void tookOver(int partition, long epoch) {}

            @Override
            public void gathered(int partition, long offset) {}

            @Override
            public void lost(int partition) {}
        };
        reader = new ResultsReader(
                new LoopSettings(kafka, config.instance(), config.checkpointEvery()),
                limits(config),
                new Ownership(database),
                new CheckpointWriter(database, settlement),
                objects,
                new DeadLetters(producer),
                owner);
    }

    void start() {
        reader.start();
    }

    private static GatherLimits limits(FinalizerConfig config) {
        return new GatherLimits(
                config.segmentBytes().asBigInteger().intValueExact(),
                config.inlineBytes().asBigInteger().intValueExact(),
                config.holdBack().toMillis(),
                config.budgetBytes().asLongValue());
    }

    private static Map<String, Object> producerSettings(Map<String, Object> kafka) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 20 * 1024 * 1024);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return settings;
    }

    @Override
    public void close() throws InterruptedException {
        reader.close();
        producer.close(java.time.Duration.ofSeconds(2));
    }
}
