package dev.longhaul.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longhaul.system.Api;
import dev.longhaul.system.Batch;
import dev.longhaul.system.ChatLines;
import dev.longhaul.system.Json;
import dev.longhaul.system.SystemTest;
import dev.longhaul.system.Tester;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One page of documentation a test: the request that it shows, run as it stands there, and its table of the answer, held against
 * batches of every kind. A key that a page types without null may be null all the same, since all four services answer so.
 */
@SystemTest
class SeedPagesTest {
    private static final String STATUSES =
            "=validating|=failed|=in_progress|=finalizing|=completed|=expired|=cancelling|=cancelled";

    private static final Shape OPENAI_BATCH = Shape.of("""
            id string
            object =batch
            endpoint string
            errors? object|null
            errors.object? =list
            errors.data[].code? string
            errors.data[].message? string
            errors.data[].param? string|null
            errors.data[].line? integer|null
            input_file_id string
            completion_window string
            status STATUSES
            output_file_id? string|null
            error_file_id? string|null
            created_at integer
            in_progress_at? integer|null
            expires_at? integer|null
            finalizing_at? integer|null
            completed_at? integer|null
            failed_at? integer|null
            expired_at? integer|null
            cancelling_at? integer|null
            cancelled_at? integer|null
            request_counts? object
            request_counts.total integer
            request_counts.completed integer
            request_counts.failed integer
            metadata? object|null
            """.replace("STATUSES", STATUSES));

    /** Bud's answers have every key. */
    private static final Shape BUD_BATCH = Shape.of("""
            id string
            object =batch
            endpoint string
            errors object|null
            input_file_id string
            completion_window string
            status STATUSES
            output_file_id string|null
            error_file_id string|null
            created_at integer
            in_progress_at integer|null
            expires_at integer
            finalizing_at integer|null
            completed_at integer|null
            failed_at integer|null
            expired_at integer|null
            cancelling_at integer|null
            cancelled_at integer|null
            request_counts object
            request_counts.total integer
            request_counts.completed integer
            request_counts.failed integer
            metadata object
            """.replace("STATUSES", STATUSES));

    private static final Shape BUD_LIST = Shape.of("""
            object =list
            data array
            first_id string
            last_id string
            has_more boolean
            data[].id string
            data[].object =batch
            data[].endpoint string
            data[].status STATUSES
            data[].input_file_id string
            data[].output_file_id string|null
            data[].created_at integer
            data[].completed_at? integer|null
            data[].request_counts object
            data[].request_counts.total integer
            data[].request_counts.completed integer
            data[].request_counts.failed integer
            """.replace("STATUSES", STATUSES));

    private static final Shape TRUEFOUNDRY_BATCH = Shape.of("""
            id string
            object string
            endpoint string
            input_file_id string
            completion_window string
            status string
            output_file_id string|null
            error_file_id string|null
            created_at number
            in_progress_at number|null
            expires_at number
            finalizing_at number|null
            completed_at number|null
            failed_at number|null
            expired_at number|null
            cancelling_at number|null
            cancelled_at number|null
            request_counts object
            request_counts.total number
            request_counts.completed number
            request_counts.failed number
            errors? any
            metadata? any
            """);

    private static final Shape IMPALA_BATCH = Shape.of("""
            completion_window string
            created_at integer
            endpoint string
            id string
            job_id string
            input_file_id string
            request_counts object
            request_counts.completed integer
            request_counts.failed integer
            request_counts.total integer
            status STATUSES
            cancelled_at? integer|null
            cancelling_at? integer|null
            completed_at? integer|null
            error_file_id? string|null
            errors? object|null
            errors.object? =list
            errors.data[].code? string
            errors.data[].line? integer|null
            errors.data[].message? string
            errors.data[].param? string|null
            expired_at? integer|null
            expires_at? integer|null
            failed_at? integer|null
            finalizing_at? integer|null
            in_progress_at? integer|null
            metadata? object|null
            object? =batch
            output_file_id? string|null
            """.replace("STATUSES", STATUSES));

    private static final String[] TRUEFOUNDRY_HEADERS = {
        "x-tfy-metadata", "{\"team\":\"search\"}",
        "x-tfy-provider-name", "any",
        "x-tfy-azure-api-version", "2026-01-01",
        "x-tfy-vertex-storage-bucket-name", "any",
        "x-tfy-vertex-region", "europe-west4",
        "x-tfy-provider-model", "any",
        "x-tfy-aws-s3-bucket", "any",
        "x-tfy-aws-bedrock-model", "any"
    };

    private static List<Batch> oneOfEachKind = List.of();

    private URI host = URI.create("http://unknown");
    private String[] bearer = {};
    private SeedPage page = new SeedPage("", "");

    @BeforeEach
    void address(Tester tester) {
        host = tester.status().api().resolve("/");
        bearer = new String[] {"Authorization", "Bearer " + tester.status().apiKey()};
        page = page(host, tester.status().apiKey());
    }

    private static SeedPage page(URI host, String key) {
        return new SeedPage(host.toString().replaceFirst("/$", ""), key);
    }

    @Test
    void openAiRetrieveBatch(Tester tester) {
        for (Batch batch : oneOfEachKind(tester)) {
            JsonNode answer = get(host, "v1/batches/" + batch.id(), bearer);
            assertIs(OPENAI_BATCH, answer);
            assertThat(Json.parse(page.run("openai-retrieve-batch.sh", batch.id())))
                    .isEqualTo(answer);
        }
    }

    @Test
    void budRetrieveBatch(Tester tester) {
        List<Batch> batches = oneOfEachKind(tester);
        for (Batch batch : batches) {
            JsonNode answer = get(host, "v1/batches/" + batch.id(), bearer);
            assertIs(BUD_BATCH, answer);
            assertThat(Json.parse(page.run("bud-retrieve-batch.sh", batch.id())))
                    .isEqualTo(answer);
        }
        assertThat(page.run("bud-retrieve-batch.py", batches.getFirst().id()))
                .isEqualTo("Status: completed\nProgress: 2/3\n");
    }

    @Test
    void budCountsMoveWhileABatchRuns(Tester tester) {
        tester.simulator().behave(Map.of("latency_ms", 200));
        Batch running = tester.start(ChatLines.of(3_000));

        tester.await(
                running,
                batch -> batch.status().equals("in_progress")
                        && batch.completed() > 0
                        && batch.completed() < batch.total());

        tester.api().cancel(running.id());
    }

    @Test
    void budListBatches(Tester tester) {
        oneOfEachKind(tester);

        JsonNode list = get(host, "v1/batches?limit=20", bearer);
        assertIs(BUD_LIST, list);
        assertThat(list.at("/first_id")).isEqualTo(list.at("/data/0/id"));
        assertThat(list.at("/last_id"))
                .isEqualTo(list.path("data").get(list.path("data").size() - 1).path("id"));
        assertThat(Json.parse(page.run("bud-list-batches.sh", "")).findValuesAsText("id"))
                .isEqualTo(list.findValuesAsText("id"));
    }

    /** The loop of that page, over more batches than a page of it holds. */
    @Test
    void budPagesThroughAllBatches(Tester tester) {
        String key = tester.api()
                .post("/api_keys", "{\"name\":\"bud\",\"tenant\":\"seed-pages-bud\"}")
                .path("value")
                .asText();
        Api api = new Api(tester.status().api(), key);
        for (int number = 0; number < 101; number++) {
            api.create("file-none");
        }

        assertThat(page(host, key).run("bud-list-batches.py", "")).isEqualTo("Total batches: 101\n");
    }

    @Test
    void trueFoundryGetBatch(Tester tester) {
        String[] headers =
                Stream.of(bearer, TRUEFOUNDRY_HEADERS).flatMap(Stream::of).toArray(String[]::new);
        for (Batch batch : oneOfEachKind(tester)) {
            JsonNode answer = get(host, "batches/" + batch.id(), headers);
            assertIs(TRUEFOUNDRY_BATCH, answer);
            assertThat(Json.parse(page.run("truefoundry-get-batch.sh", batch.id())))
                    .isEqualTo(answer);
            assertIs(TRUEFOUNDRY_BATCH, get(host, "api/llm/batches/" + batch.id(), headers));
        }
    }

    /** The page's request has no key. */
    @Test
    void impalaGetBatch(Tester tester) {
        try (OtherApi open = OtherApi.start(tester, Map.of("LONGHAUL_AUTH", "none"))) {
            for (Batch batch : oneOfEachKind(tester)) {
                JsonNode answer = get(open.base(), "/v1/batches/" + batch.id());
                assertIs(IMPALA_BATCH, answer);
                assertThat(Json.parse(page(open.base(), "").run("impala-get-batch.sh", batch.id())))
                        .isEqualTo(answer);
            }
        }
    }

    /** One that completed in part, one of failures, one that is no batch, one cancelled, one without end; made once for all pages. */
    private static synchronized List<Batch> oneOfEachKind(Tester tester) {
        if (oneOfEachKind.isEmpty()) {
            Batch mixed = tester.start(new ChatLines(3, number -> number == 1 ? "sim:status=400" : "Hello"));
            Batch failures = tester.start(new ChatLines(1, number -> "sim:status=400"));
            Batch refused = tester.api().create(tester.api().upload("{}\nnothing\n".getBytes(UTF_8)));
            Batch unlimited = tester.start(ChatLines.of(1), "unlimited");
            Batch cancelled = tester.start(new ChatLines(1, number -> JavaSdk.HANGS));
            Batch asked = tester.api().cancel(cancelled.id());
            assertThat(asked.status()).isEqualTo("cancelling");
            oneOfEachKind = Stream.of(mixed, failures, refused, unlimited, cancelled)
                    .map(tester::end)
                    .toList();
        }
        return oneOfEachKind;
    }

    private static void assertIs(Shape shape, JsonNode answer) {
        assertThat(shape.differences(answer)).as("%s", answer).isEmpty();
    }

    private static JsonNode get(URI host, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(host.resolve(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type").orElse("")).contains("application/json");
            return Json.parse(response.body());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
