package dev.longhaul.store.kafka;

import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Asks Kafka whether it and our topics are there. For any thread that may block. */
@ApplicationScoped
public class KafkaProbe {
    private static final int TIMEOUT_MILLIS = 3_000;

    private final Map<String, Object> kafka;
    private @Nullable Admin admin;

    public KafkaProbe(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.kafka = kafka;
    }

    /**
     * Whether Kafka answers within three seconds.
     *
     * @throws IllegalStateException if it says that topics do not exist, which it names
     */
    public boolean answers() {
        try {
            Set<String> missing = new TreeSet<>(TopicSetup.NAMES);
            missing.removeAll(topics().keySet());
            if (!missing.isEmpty()) {
                throw new IllegalStateException("these topics do not exist: " + String.join(", ", missing));
            }
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Our topics, as far as they exist, by name; throws if Kafka does not answer. */
    Map<String, TopicDescription> topics() throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, TopicDescription> found = new HashMap<>();
        var asked = admin().describeTopics(TopicSetup.NAMES).topicNameValues();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : asked.entrySet()) {
            try {
                found.put(topic.getKey(), topic.getValue().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return found;
    }

    private synchronized Admin admin() {
        Admin current = admin;
        if (current == null) {
            Map<String, Object> settings = new HashMap<>(kafka);
            settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "longhaul-probe");
            settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
            settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
            current = Admin.create(settings);
            admin = current;
        }
        return current;
    }

    @PreDestroy
    synchronized void close() {
        Admin current = admin;
        if (current != null) {
            current.close(Duration.ZERO);
            admin = null;
        }
    }
}
