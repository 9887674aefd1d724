package dev.longhaul.finalizer.intake;

import dev.longhaul.store.StoreUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** By an admin client of its own, which asks for each partition apart from the others. Safe for any number of threads. */
final class AdminLogBounds implements LogBounds, AutoCloseable {
    private static final int TIMEOUT_MILLIS = 3_000;

    private final Admin admin;

    /** @param kafka client settings */
    AdminLogBounds(Map<String, Object> kafka) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "longhaul-log-bounds");
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        admin = Admin.create(settings);
    }

    @Override
    public Bounds of(TopicPartition partition) throws InterruptedException {
        ListOffsetsResult earliest = admin.listOffsets(Map.of(partition, OffsetSpec.earliest()));
        ListOffsetsResult latest = admin.listOffsets(Map.of(partition, OffsetSpec.latest()));
        return new Bounds(offset(earliest, partition), offset(latest, partition));
    }

    private static long offset(ListOffsetsResult result, TopicPartition partition) throws InterruptedException {
        try {
            return result.partitionResult(partition)
                    .get(2L * TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                    .offset();
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new StoreUnavailableException("Kafka has no answer about " + partition + ": " + cause, e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
