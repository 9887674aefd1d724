package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.store.Database;
import dev.longhaul.store.ObjectStore;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class FilesTest {
    private final Api api = Api.admin();

    @Inject
    ObjectStore objects;

    @Inject
    Database database;

    @BeforeEach
    void waitUntilReady() {
        Readiness.await();
    }

    @Test
    void shouldAnswerAFileWithAllOfOpenAisKeys() throws Exception {
        Api.Answer answer = api.upload(new Multipart().field("purpose", "batch").file("in.jsonl", Lines.ONE));

        assertThat(answer.status()).isEqualTo(200);
        JsonObject file = answer.json();
        assertThat(file.fieldNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "object",
                        "bytes",
                        "created_at",
                        "expires_at",
                        "filename",
                        "purpose",
                        "status",
                        "status_details");
        assertThat(file.getString("id")).startsWith("file-");
        assertThat(file.getString("object")).isEqualTo("file");
        assertThat(file.getLong("bytes")).isEqualTo(Lines.ONE.length());
        assertThat(file.getString("filename")).isEqualTo("in.jsonl");
        assertThat(file.getString("status")).isEqualTo("processed");
        assertThat(file.getLong("expires_at") - file.getLong("created_at")).isEqualTo(30 * 86_400);
        assertThat(api.get("/v1/files/" + file.getString("id")).json()).isEqualTo(file);
        assertThat(answer.header("x-request-id")).startsWith("req_");
        assertThat(answer.header("openai-version")).isEqualTo("2020-10-01");
        assertThat(answer.header("openai-processing-ms")).matches("[0-9]+");
        assertThat(answer.header("content-type")).startsWith("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "日本語 🚀.jsonl",
                "e\u0301 \u202egnp.jsonl",
                "a b;c=d'e.jsonl",
                "tab\there\u0001\u001b\u007f.jsonl",
                "no extension",
                "UPPER.JSONL"
            })
    void shouldKeepAFileNameAsItIs(String name) throws Exception {
        Api.Answer answer = api.upload(new Multipart().field("purpose", "batch").file(name, Lines.ONE));

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().getString("filename")).isEqualTo(name);
        assertThat(api.get("/v1/files/" + answer.id()).json().getString("filename"))
                .isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/in.jsonl", "C:\\\\work\\\\in.jsonl", "/in.jsonl"})
    void shouldKeepNoFoldersOfAFileName(String name) throws Exception {
        Api.Answer answer = api.upload(new Multipart().field("purpose", "batch").file(name, Lines.ONE));

        assertThat(answer.json().getString("filename")).isEqualTo("in.jsonl");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 65_535, 65_536, 65_537, 8 << 20, (8 << 20) + 1, (33 << 20) + 7})
    void shouldGiveBackTheBytesItWasGiven(int length) throws Exception {
        byte[] bytes = Lines.noise(length);
        String id = api.uploadChunked(new Multipart().file("in.jsonl", bytes).field("purpose", "batch"))
                .id();

        Api.Answer content = api.get("/v1/files/" + id + "/content", "Accept", "application/binary");

        assertThat(content.status()).isEqualTo(200);
        assertThat(Arrays.equals(content.bytes(), bytes)).isTrue();
        assertThat(content.header("content-length")).isEqualTo(String.valueOf(length));
        assertThat(content.header("etag")).isEqualTo("\"" + id + "-" + length + "\"");
        assertThat(content.header("accept-ranges")).isEqualTo("bytes");
        // The buffers of the tests allow objects of 1 MiB at least.
        assertThat(objects.list("files/" + id + "/"))
                .hasSizeBetween(
                        length <= 65_536 ? 0 : 1 + length / (8 << 20), length <= 65_536 ? 0 : 1 + (length >> 20));
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=5-9, 5, 10",
        "bytes=8388600-8388619, 8388600, 8388620",
        "bytes=-10, 16777206, 16777216",
        "bytes=16777215-, 16777215, 16777216",
        "bytes=16777000-99999999, 16777000, 16777216"
    })
    void shouldAnswerARange(String range, int from, int to) throws Exception {
        byte[] bytes = Lines.noise(16 << 20);
        String id = twoSegments(bytes);

        Api.Answer part = api.get("/v1/files/" + id + "/content", "Range", range);

        assertThat(part.status()).isEqualTo(206);
        assertThat(part.bytes()).isEqualTo(Arrays.copyOfRange(bytes, from, to));
        assertThat(part.header("content-range")).isEqualTo("bytes " + from + "-" + (to - 1) + "/" + bytes.length);
    }

    private String twoSegments(byte[] bytes) throws Exception {
        return api.upload(
                        new Multipart().file("in.jsonl", bytes).field("purpose", "batch"),
                        "Idempotency-Key",
                        "two-segments")
                .id();
    }

    @ParameterizedTest
    @CsvSource({"bytes=84-, 416", "bytes=-0, 416", "bytes=9-3, 200", "lines=1-2, 200", "'bytes=0-1,4-5', 200"})
    void shouldAnswerRangesThatAreNone(String range, int status) throws Exception {
        String id = api.uploaded(Lines.ONE);

        Api.Answer answer = api.get("/v1/files/" + id + "/content", "Range", range);

        assertThat(answer.status()).isEqualTo(status);
        if (status == 416) {
            assertThat(answer.header("content-range")).isEqualTo("bytes */" + Lines.ONE.length());
            assertThat(answer.header("x-should-retry")).isEqualTo("false");
            assertThat(answer.error().getString("type")).isEqualTo("invalid_request_error");
            assertThat(answer.error().getString("message")).contains("there are " + Lines.ONE.length());
        }
    }

    @Test
    void shouldAnswerConditionalRequestsByEtag() throws Exception {
        String id = api.uploaded(Lines.ONE);
        String etag = api.get("/v1/files/" + id + "/content").header("etag");

        assertThat(api.get("/v1/files/" + id + "/content", "If-None-Match", etag)
                        .status())
                .isEqualTo(304);
        assertThat(api.get("/v1/files/" + id + "/content", "Range", "bytes=0-0", "If-Range", etag)
                        .status())
                .isEqualTo(206);
        assertThat(api.get("/v1/files/" + id + "/content", "Range", "bytes=0-0", "If-Range", "\"other\"")
                        .status())
                .isEqualTo(200);
        Api.Answer head = api.send("HEAD", "/v1/files/" + id + "/content", BodyPublishers.noBody());
        assertThat(head.header("content-length")).isEqualTo(String.valueOf(Lines.ONE.length()));
        assertThat(head.header("etag")).isEqualTo(etag);
    }

    @Test
    void shouldTakeAFileWithoutName() throws Exception {
        Api.Answer answer =
                api.uploadChunked(new Multipart().fileWithoutName(Lines.ONE).field("purpose", "batch"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().getString("filename")).isEqualTo("upload");
    }

    @Test
    void shouldKeepANameOutsideAscii() throws Exception {
        Api.Answer answer =
                api.upload(new Multipart().field("purpose", "batch").file("Ergebnis-äöü-日本.jsonl", Lines.ONE));

        assertThat(answer.json().getString("filename")).isEqualTo("Ergebnis-äöü-日本.jsonl");
    }

    @Test
    void shouldTakeAByteOrderMarkAndCarriageReturns() throws Exception {
        Api.Answer answer = api.upload(
                new Multipart().field("purpose", "batch").file("in.jsonl", "\ufeff" + Lines.ONE.replace("\n", "\r\n")));

        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void shouldSetExpiryAsAsked() throws Exception {
        JsonObject file = api.upload(new Multipart()
                        .field("purpose", "user_data")
                        .field("expires_after[anchor]", "created_at")
                        .field("expires_after[seconds]", "3600")
                        .file("x.pdf", "%PDF"))
                .json();

        assertThat(file.getLong("expires_at") - file.getLong("created_at")).isEqualTo(3_600);
    }

    @Test
    void shouldNotFindAFilePastItsTime() throws Exception {
        String id = api.uploaded(Lines.ONE);
        database.run("update file set expires_at = now() where id = $1", id);

        assertThat(api.get("/v1/files/" + id).status()).isEqualTo(404);
        assertThat(api.get("/v1/files/" + id + "/content").status()).isEqualTo(404);
        assertThat(api.get("/v1/files").ids()).doesNotContain(id);
        assertThat(api.delete("/v1/files/" + id).status()).isEqualTo(404);
        awaitErased(id);
    }

    @Test
    void shouldDeleteAFileAtOnceAndItsBytesSoon() throws Exception {
        String id = api.upload(new Multipart().field("purpose", "batch").file("in.jsonl", Lines.noise(9 << 20)))
                .id();

        Api.Answer deleted = api.delete("/v1/files/" + id);

        assertThat(deleted.json())
                .isEqualTo(new JsonObject().put("id", id).put("object", "file").put("deleted", true));
        Api.Answer gone = api.get("/v1/files/" + id);
        assertThat(gone.status()).isEqualTo(404);
        assertThat(gone.error())
                .isEqualTo(new JsonObject()
                        .put("message", "No such File object: " + id)
                        .put("type", "invalid_request_error")
                        .put("param", "id")
                        .putNull("code"));
        assertThat(gone.header("x-should-retry")).isEqualTo("false");
        assertThat(api.get("/v1/files/" + id + "/content").status()).isEqualTo(404);
        assertThat(api.delete("/v1/files/" + id).status()).isEqualTo(404);
        awaitErased(id);
    }

    @Test
    void shouldKeepADeletedFilesBytesWhileAnOpenBatchReadsThem() throws Exception {
        String kept = api.upload(new Multipart().field("purpose", "batch").file("in.jsonl", Lines.noise(1 << 20)))
                .id();
        String batch = api.post(
                        "/v1/batches", "{\"input_file_id\":\"" + kept + "\",\"endpoint\":\"/v1/chat/completions\"}")
                .id();
        api.delete("/v1/files/" + kept);
        String other = api.uploaded(Lines.ONE);
        api.delete("/v1/files/" + other);
        awaitErased(other);

        assertThat(api.get("/v1/files/" + kept).status()).isEqualTo(404);
        assertThat(objects.list("files/" + kept + "/")).hasSize(1);
        database.run("update batch set status = 'failed', failed_at = now() where id = $1", batch);
        awaitErased(kept);
    }

    private void awaitErased(String id) {
        await("the janitor comes often").untilAsserted(() -> {
            assertThat(objects.list("files/" + id + "/")).isEmpty();
            assertThat(database.run("select 1 from file_segment where file_id = $1", id)
                            .size())
                    .isZero();
            assertThat(database.run("select 1 from file where id = $1 and erased_at is not null", id)
                            .size())
                    .isOne();
        });
    }

    @Test
    void shouldListNewestFirstInPages() throws Exception {
        List<String> newestFirst = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            newestFirst.addFirst(api.uploaded(Lines.ONE));
        }
        // A cursor is a place, whatever became of the file that marked it.
        api.delete("/v1/files/" + newestFirst.get(1));

        Api.Answer first = api.get("/v1/files?limit=2&purpose=batch");
        Api.Answer second = api.get("/v1/files?limit=2&after=" + newestFirst.get(1));
        Api.Answer oldestFirst = api.get("/v1/files?order=asc&limit=2&after=" + newestFirst.get(4));

        assertThat(first.ids()).containsExactly(newestFirst.get(0), newestFirst.get(2));
        assertThat(first.json().getString("object")).isEqualTo("list");
        assertThat(first.json().getString("first_id")).isEqualTo(newestFirst.get(0));
        assertThat(first.json().getString("last_id")).isEqualTo(newestFirst.get(2));
        assertThat(first.json().getBoolean("has_more")).isTrue();
        assertThat(second.ids()).containsExactly(newestFirst.get(2), newestFirst.get(3));
        assertThat(oldestFirst.ids()).containsExactly(newestFirst.get(3), newestFirst.get(2));
    }

    @Test
    void shouldAnswerAnEmptyListWithEmptyIds() throws Exception {
        JsonObject empty = api.get("/v1/files?purpose=evals").json();

        assertThat(empty)
                .isEqualTo(new JsonObject(
                        "{\"object\":\"list\",\"data\":[],\"first_id\":\"\",\"last_id\":\"\",\"has_more\":false}"));
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, 400, limit, integer_below_min_value",
        "limit=10001, 400, limit, integer_above_max_value",
        "limit=ten, 400, limit, invalid_type",
        "order=up, 400, order, invalid_value",
        "after=file-x, 404, after, ",
        "after=%00, 400, after, invalid_value"
    })
    void shouldRefuseABadListQuery(String query, int status, String param, String code) throws Exception {
        Api.Answer answer = api.get("/v1/files?" + query);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.error().getString("param")).isEqualTo(param);
        assertThat(answer.error().getString("code")).isEqualTo(code);
    }

    @Test
    void shouldAnswerARepeatedUploadWithTheFirstFile() throws Exception {
        byte[] bytes = Lines.noise(9 << 20);
        String first = repeatable(bytes, "in.jsonl").id();

        Api.Answer again = repeatable(bytes, "in.jsonl");
        Api.Answer other = repeatable(Lines.noise(100), "in.jsonl");

        assertThat(again.id()).isEqualTo(first);
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.header("x-should-retry")).isEqualTo("false");
        assertThat(other.error().getString("param")).isEqualTo("Idempotency-Key");
        assertThat(database.run("select 1 from file where state = 'pending'").size())
                .isZero();
    }

    private Api.Answer repeatable(byte[] bytes, String name) throws Exception {
        return api.upload(
                new Multipart().field("purpose", "batch").file(name, bytes), "Idempotency-Key", "repeatable-upload");
    }
}
