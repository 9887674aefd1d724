package dev.longhaul.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.longhaul.finalizer.FinalizerTester;
import dev.longhaul.model.Topics;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicWatchTest {
    private static final String UNUSED = Topics.deadLetter(Topics.EVENTS);

    private final FinalizerTester tester = FinalizerTester.shared();
    private final KafkaProbe probe = new KafkaProbe(tester.kafka());

    @AfterEach
    void close() {
        probe.close();
    }

    private void delete(Collection<String> topics) throws Exception {
        try (Admin admin = Admin.create(tester.kafka())) {
            admin.deleteTopics(topics).all().get();
        }
    }

    @Test
    void aTopicThatVanishesIsNamedAndCreatedAgain() throws Exception {
        assertThat(probe.answers()).isTrue();

        delete(List.of(UNUSED));
        await("Kafka says so")
                .untilAsserted(() -> assertThatThrownBy(probe::answers).hasMessageContaining(UNUSED));
        TopicWatch watch = new TopicWatch(probe, tester.topics());
        watch.start();
        try {
            await().ignoreExceptions().until(probe::answers);
        } finally {
            watch.close();
        }

        assertThat(tester.topics().incomplete(probe.topics())).isEmpty();
    }

    @Test
    void aTopicWithTooFewPartitionsIsIncomplete() throws Exception {
        TopicSetup more = new TopicSetup(
                tester.kafka(), FinalizerTester.topicsConfig(Map.of("longhaul.topics.results-partitions", "3")));
        assertThat(more.incomplete(probe.topics())).containsExactly(Topics.RESULTS);
    }

    @Test
    void resultsAreKeptWhateverTheirAgeAndSize() throws Exception {
        ConfigResource results = new ConfigResource(ConfigResource.Type.TOPIC, Topics.RESULTS);
        try (Admin admin = Admin.create(tester.kafka())) {
            assertThat(admin.describeConfigs(List.of(results)).all().get().values())
                    .flatExtracting(Config::entries)
                    // Whatever the broker's own setting is.
                    .filteredOn(entry -> !entry.isDefault())
                    .extracting(ConfigEntry::name, ConfigEntry::value)
                    .contains(tuple("retention.ms", "-1"), tuple("retention.bytes", "-1"));
        }
    }

    @Test
    void threeCopiesOfARecordMakeItAcknowledgedByTwo() {
        assertThat(wanted("3"))
                .allSatisfy(topic -> assertThat(topic.configs()).containsEntry("min.insync.replicas", "2"));
        assertThat(wanted("2"))
                .allSatisfy(topic -> assertThat(topic.configs()).doesNotContainKey("min.insync.replicas"));
    }

    private List<NewTopic> wanted(String replicas) {
        return new TopicSetup(
                        tester.kafka(),
                        FinalizerTester.topicsConfig(Map.of("longhaul.topics.replication-factor", replicas)))
                .wanted();
    }
}
