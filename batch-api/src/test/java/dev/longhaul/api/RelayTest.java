package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.model.Topics;
import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class RelayTest {
    private static final Logger LOG = Logger.getLogger(RelayTest.class);
    private static final String REQUEST = "{\"input_file_id\":\"f\",\"endpoint\":\"/v1/chat/completions\"}";

    private final Api api = Api.admin();

    @Inject
    Database database;

    @BeforeEach
    void waitUntilReady() {
        Readiness.await();
    }

    private static Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", StackResource.stack().kafka());
    }

    private static KafkaConsumer<String, String> consumerAtTheEnd() {
        KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(kafka(), new StringDeserializer(), new StringDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.EVENTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        return consumer;
    }

    @Test
    void shouldPublishEachTransitionInOrder() throws Exception {
        try (KafkaConsumer<String, String> consumer = consumerAtTheEnd()) {
            String id = api.post("/v1/batches", REQUEST).id();
            api.post("/v1/batches/" + id + "/cancel");

            List<ConsumerRecord<String, String>> records = take(consumer, id, 2);

            JsonObject first = new JsonObject(records.get(0).value());
            assertThat(records.get(0).headers().lastHeader("content-type").value())
                    .isEqualTo("application/cloudevents+json".getBytes(StandardCharsets.UTF_8));
            assertThat(first.getString("specversion")).isEqualTo("1.0");
            assertThat(first.getString("id")).isEqualTo(id + "/1");
            assertThat(first.getString("type")).isEqualTo("dev.longhaul.batch.validating");
            assertThat(first.getString("subject")).isEqualTo(id);
            assertThat(first.getJsonObject("data").getString("input_file_id")).isEqualTo("f");
            assertThat(new JsonObject(records.get(1).value()).getString("type"))
                    .isEqualTo("dev.longhaul.batch.cancelling");
            await("acknowledged events are forgotten")
                    .until(() -> database.run("select 1 from outbox where batch_id = $1", id)
                                    .size()
                            == 0);
        }
    }

    @Test
    void shouldPublishSoonAfterTheCommit() throws Exception {
        try (KafkaConsumer<String, String> consumer = consumerAtTheEnd()) {
            List<Long> micros = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String id = api.post("/v1/batches", REQUEST).id();
                long answered = System.nanoTime();
                take(consumer, id, 1);
                micros.add(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - answered));
            }
            micros.sort(null);
            LOG.infof("from answer to event: median %d us, worst %d us", micros.get(20), micros.getLast());
            // A lost signal would cost up to a second.
            assertThat(micros.get(20)).isLessThan(200_000);
        }
    }

    @Test
    void shouldPublishWhatWasCommittedElsewhere() throws Exception {
        try (KafkaConsumer<String, String> consumer = consumerAtTheEnd()) {
            database.run("insert into outbox (batch_id, event) values ('batch_elsewhere', '{\"id\":\"x\"}')");

            assertThat(take(consumer, "batch_elsewhere", 1)).hasSize(1);
        }
    }

    @Test
    void shouldPublishWhatIsCommittedLateUnderALowId() throws Exception {
        try (KafkaConsumer<String, String> consumer = consumerAtTheEnd();
                var late = database.openSession()) {
            late.run("set idle_in_transaction_session_timeout = '1min'");
            late.run("begin");
            late.run("insert into outbox (batch_id, event) values ('batch_late', '{\"id\":\"late\"}')");
            String passing = api.post("/v1/batches", REQUEST).id();
            take(consumer, passing, 1);

            late.run("commit");

            assertThat(take(consumer, "batch_late", 1)).hasSize(1);
        }
    }

    private static List<ConsumerRecord<String, String>> take(
            KafkaConsumer<String, String> consumer, String key, int count) {
        List<ConsumerRecord<String, String>> found = new ArrayList<>();
        await("events of " + key)
                .atMost(Duration.ofSeconds(30))
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .until(() -> {
                    consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                        if (key.equals(record.key())) {
                            found.add(record);
                        }
                    });
                    return found.size() >= count;
                });
        return found;
    }

    @Test
    void shouldHavePreparedTheTopics() throws Exception {
        try (Admin admin = Admin.create(kafka())) {
            var topics = admin.describeTopics(List.of(Topics.EVENTS, Topics.SLICES, Topics.RESULTS))
                    .allTopicNames()
                    .get();
            Map<String, Integer> partitions = topics.values().stream()
                    .collect(Collectors.toMap(
                            TopicDescription::name, topic -> topic.partitions().size()));
            assertThat(partitions).isEqualTo(Map.of(Topics.EVENTS, 3, Topics.SLICES, 1, Topics.RESULTS, 8));
            assertThat(admin.listTopics().names().get())
                    .contains(Topics.deadLetter(Topics.EVENTS), Topics.deadLetter(Topics.RESULTS));
            var results = new ConfigResource(ConfigResource.Type.TOPIC, Topics.RESULTS);
            var group = new ConfigResource(ConfigResource.Type.GROUP, Topics.SLICES_GROUP);
            var found = admin.describeConfigs(List.of(results, group)).all().get();
            assertThat(found)
                    .hasEntrySatisfying(
                            results,
                            config -> assertThat(config.entries())
                                    .anyMatch(is("retention.ms", "-1"))
                                    .anyMatch(is("max.message.bytes", "20971520")))
                    .hasEntrySatisfying(
                            group,
                            config -> assertThat(config.entries()).anyMatch(is("share.auto.offset.reset", "earliest")));
        }
    }

    private static Predicate<ConfigEntry> is(String name, String value) {
        return entry -> entry.name().equals(name) && value.equals(entry.value());
    }
}
