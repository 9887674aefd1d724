package dev.longhaul.store.kafka;

import dev.longhaul.model.Topics;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jboss.logging.Logger;

/**
 * Creates or verifies the topics and the settings of the share group. Several processes may do so at once. A topic with too few
 * partitions gets more; what else differs from our wishes is the operator's choice, named in a warning.
 */
@ApplicationScoped
public class TopicSetup {
    private static final Logger LOG = Logger.getLogger(TopicSetup.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final short REPLICAS_FOR_TWO = 3;
    private static final List<String> DEAD_LETTERS = Stream.of(Topics.EVENTS, Topics.SLICES, Topics.RESULTS)
            .map(Topics::deadLetter)
            .toList();
    /** All topics. */
    static final List<String> NAMES = Stream.concat(
                    Stream.of(Topics.EVENTS, Topics.SLICES, Topics.RESULTS), DEAD_LETTERS.stream())
            .toList();

    private static final String LARGEST_RECORD = String.valueOf(Topics.MAX_RECORD_BYTES);

    private final Map<String, Object> kafka;
    private final TopicsConfig config;

    public TopicSetup(@Identifier("default-kafka-broker") Map<String, Object> kafka, TopicsConfig config) {
        this.kafka = kafka;
        this.config = config;
    }

    /** Kafka did not do as asked; it may later. */
    public static final class SetupFailedException extends Exception {
        private static final long serialVersionUID = 1L;

        SetupFailedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    List<NewTopic> wanted() {
        Stream<NewTopic> topics = Stream.of(
                topic(Topics.EVENTS, 3, Map.of()),
                topic(Topics.SLICES, 1, Map.of()),
                // Records go when the checkpoint is past them, never by age or size.
                topic(
                        Topics.RESULTS,
                        config.resultsPartitions(),
                        Map.of(
                                "cleanup.policy",
                                "delete",
                                "retention.ms",
                                "-1",
                                "retention.bytes",
                                "-1",
                                "max.message.bytes",
                                LARGEST_RECORD)));
        Stream<NewTopic> deadLetters =
                DEAD_LETTERS.stream().map(name -> topic(name, 1, Map.of("max.message.bytes", LARGEST_RECORD)));
        return Stream.concat(topics, deadLetters).toList();
    }

    private NewTopic topic(String name, int partitions, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        if (config.replicationFactor() >= REPLICAS_FOR_TWO) {
            // One copy may be away, and an acknowledged record is still on two.
            all.put("min.insync.replicas", "2");
        }
        return new NewTopic(name, partitions, config.replicationFactor()).configs(all);
    }

    /** The names of topics that do not exist, or have too few partitions. */
    Set<String> incomplete(Map<String, TopicDescription> found) {
        return wanted().stream()
                .filter(topic -> {
                    TopicDescription description = found.get(topic.name());
                    return description == null || description.partitions().size() < topic.numPartitions();
                })
                .map(NewTopic::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Does it all; blocks for some seconds at most. */
    public void ensure() throws SetupFailedException {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "longhaul-topic-setup");
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis() / 2);
        try (Admin admin = Admin.create(settings)) {
            List<NewTopic> existing = createMissing(admin, wanted());
            verifyPartitions(admin, existing);
            verifySettings(admin, existing);
            configureShareGroup(admin);
        } catch (ExecutionException e) {
            throw new SetupFailedException("Kafka refused to set topics up: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new SetupFailedException("Kafka did not answer within " + TIMEOUT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SetupFailedException("interrupted while setting topics up", e);
        }
    }

    /** Returns those that existed before. What was just created is as wanted, and brokers may not all know of it yet. */
    private static List<NewTopic> createMissing(Admin admin, List<NewTopic> wanted)
            throws ExecutionException, InterruptedException, TimeoutException {
        Set<String> there = await(admin.listTopics().names());
        Collection<NewTopic> missing =
                wanted.stream().filter(topic -> !there.contains(topic.name())).toList();
        for (KafkaFuture<Void> created : admin.createTopics(missing).values().values()) {
            try {
                await(created);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
        return wanted.stream().filter(topic -> there.contains(topic.name())).toList();
    }

    private static void verifyPartitions(Admin admin, List<NewTopic> wanted)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, TopicDescription> found =
                await(admin.describeTopics(wanted.stream().map(NewTopic::name).toList())
                        .allTopicNames());
        Map<String, NewPartitions> more = wanted.stream()
                .filter(topic -> description(found, topic).partitions().size() < topic.numPartitions())
                .collect(Collectors.toMap(NewTopic::name, topic -> NewPartitions.increaseTo(topic.numPartitions())));
        if (!more.isEmpty()) {
            LOG.infof("raising the partitions of %s", more);
            await(admin.createPartitions(more).all());
        }
    }

    private static TopicDescription description(Map<String, TopicDescription> found, NewTopic topic) {
        TopicDescription description = found.get(topic.name());
        if (description == null) {
            throw new IllegalStateException("Kafka described every topic but " + topic.name());
        }
        return description;
    }

    private static void verifySettings(Admin admin, List<NewTopic> wanted)
            throws ExecutionException, InterruptedException, TimeoutException {
        for (NewTopic topic : wanted) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
            Config found = await(admin.describeConfigs(List.of(resource)).all()).get(resource);
            topic.configs().forEach((name, value) -> {
                ConfigEntry entry = found == null ? null : found.get(name);
                if (entry == null || !value.equals(entry.value())) {
                    LOG.warnf(
                            "topic=%s setting=%s is '%s', Longhaul wants '%s'",
                            topic.name(), name, entry == null ? null : entry.value(), value);
                }
            });
        }
    }

    /** A new share group starts at the end of its topic unless told otherwise, and would miss the hints before its birth. */
    private static void configureShareGroup(Admin admin)
            throws ExecutionException, InterruptedException, TimeoutException {
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, Topics.SLICES_GROUP);
        AlterConfigOp earliest =
                new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
        await(admin.incrementalAlterConfigs(Map.of(group, List.of(earliest))).all());
    }

    private static <T> T await(KafkaFuture<T> future)
            throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
}
