package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.localstack.Part;
import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class OutageTest {
    private final Api api = Api.admin();

    @Inject
    Database database;

    @BeforeEach
    @AfterEach
    void everythingIsThere() throws Exception {
        for (Part part : Part.values()) {
            StackResource.stack().start(part);
        }
        Readiness.await();
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void shouldStayUpAndNameWhatIsMissing(Part part) throws Exception {
        StackResource.stack().stop(part);

        await("readiness notices").atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Api.Answer ready = api.get("/q/health/ready");
            assertThat(ready.status()).isEqualTo(503);
            assertThat(down(ready)).containsExactly(name(part));
        });
        assertThat(api.get("/q/health/live").status()).isEqualTo(200);
    }

    private static String name(Part part) {
        return switch (part) {
            case POSTGRES -> "postgresql";
            case KAFKA -> "kafka";
            case S3 -> "s3";
        };
    }

    private static List<String> down(Api.Answer ready) {
        return ready.json().getJsonArray("checks").stream()
                .map(check -> (JsonObject) check)
                .filter(check -> check.getString("status").equals("DOWN"))
                .map(check -> check.getString("name"))
                .toList();
    }

    @Test
    void shouldAskForPatienceWithoutPostgres() throws Exception {
        api.get("/v1/batches");
        StackResource.stack().stop(Part.POSTGRES);

        Api.Answer answer = api.get("/v1/batches");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.error().getString("type")).isEqualTo("server_error");
        assertThat(answer.header("retry-after")).matches("[1-9][0-9]*");
        assertThat(answer.header("x-should-retry")).isEqualTo("(none)");
    }

    @Test
    void shouldRefuseLargeFilesWithoutS3ButTakeASmallOne() throws Exception {
        Multipart form = new Multipart().field("purpose", "batch").file("in.jsonl", Lines.noise(1 << 20));
        String before = api.upload(form).id();
        StackResource.stack().stop(Part.S3);

        Api.Answer download = api.get("/v1/files/" + before + "/content");
        Api.Answer large = api.upload(form);
        Api.Answer small = api.upload(new Multipart().field("purpose", "batch").file("in.jsonl", Lines.ONE));

        assertThat(download.status()).isEqualTo(503);
        assertThat(download.header("retry-after")).matches("[1-9][0-9]*");
        assertThat(large.status()).isEqualTo(503);
        assertThat(small.status()).isEqualTo(200);
        assertThat(api.get("/v1/files/" + small.id() + "/content").text()).isEqualTo(Lines.ONE);
    }

    @Test
    void shouldCreateBatchesWithoutKafkaAndPublishTheirEventsLater() throws Exception {
        StackResource.stack().stop(Part.KAFKA);

        Api.Answer answer = api.post("/v1/batches", "{\"input_file_id\":\"f\",\"endpoint\":\"/v1/chat/completions\"}");

        assertThat(answer.status()).isEqualTo(200);
        String count = "select 1 from outbox where batch_id = $1";
        assertThat(database.run(count, answer.id()).size()).isOne();
        StackResource.stack().start(Part.KAFKA);
        await("the relay tries on")
                .atMost(Duration.ofSeconds(60))
                .until(() -> database.run(count, answer.id()).size() == 0);
    }
}
