package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.store.Database;
import dev.longhaul.store.ObjectStore;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that come in parts. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
@SuppressWarnings("NullAway.Init")
class UploadsTest {
    private final Set<String> filesMade = new HashSet<>();

    @Inject
    ObjectStore objects;

    @Inject
    Database database;

    private OwnTenant tenant;
    private Api api;

    @BeforeEach
    void aTenant() throws Exception {
        Readiness.await();
        tenant = OwnTenant.create(database, objects);
        api = tenant.api();
    }

    /** Uploads that a test leaves pending end here, as they would after an hour. */
    @AfterEach
    void nothingStaysBehindButTheFiles() throws Exception {
        tenant.expireUploads();
        for (String id : filesMade) {
            assertThat(api.delete("/v1/files/" + id).status()).isEqualTo(200);
        }
        await("the janitor comes often").untilAsserted(() -> {
            tenant.assertNothingIsLeftBut(Set.of());
            assertThat(tenant.parts()).isZero();
        });
    }

    private long count(String of) {
        return database.run("select count(*) from " + of).iterator().next().getLong(0);
    }

    private static JsonObject wanted(long bytes) {
        return new JsonObject()
                .put("filename", "in.jsonl")
                .put("purpose", "batch")
                .put("bytes", bytes)
                .put("mime_type", "application/jsonl");
    }

    private String created(long bytes) throws Exception {
        Api.Answer answer = api.post("/v1/uploads", wanted(bytes).encode());
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.id();
    }

    private String added(String uploadId, byte[] bytes) throws Exception {
        Api.Answer answer = api.addPart(uploadId, bytes);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.id();
    }

    private Api.Answer complete(String uploadId, List<String> partIds, String md5, String... headers) throws Exception {
        JsonObject body = new JsonObject().put("part_ids", new JsonArray(partIds));
        if (!md5.isEmpty()) {
            body.put("md5", md5);
        }
        Api.Answer answer = api.post("/v1/uploads/" + uploadId + "/complete", body.encode(), headers);
        if (answer.status() == 200) {
            filesMade.add(answer.json().getJsonObject("file").getString("id"));
        }
        return answer;
    }

    private Api.Answer cancel(String uploadId) throws Exception {
        return api.post("/v1/uploads/" + uploadId + "/cancel");
    }

    private static String md5(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    }

    private static byte[] together(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private byte[] content(String fileId) throws Exception {
        return api.get("/v1/files/" + fileId + "/content").bytes();
    }

    private void assertRefused(
            Api.Answer answer, int status, @Nullable String param, @Nullable String code, String says) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.error().getString("type")).isEqualTo("invalid_request_error");
        assertThat(answer.error().getString("param")).isEqualTo(param);
        assertThat(answer.error().getString("code")).isEqualTo(code);
        assertThat(answer.error().getString("message")).contains(says);
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void shouldShowAnUploadAsOpenAiDoes() throws Exception {
        JsonObject upload = api.post("/v1/uploads", wanted(10).encode()).json();

        assertThat(upload.fieldNames())
                .containsExactlyInAnyOrder(
                        "id", "object", "bytes", "created_at", "filename", "purpose", "status", "expires_at", "file");
        assertThat(upload.getString("id")).startsWith("upload_");
        assertThat(upload.getString("object")).isEqualTo("upload");
        assertThat(upload.getString("status")).isEqualTo("pending");
        assertThat(upload.getLong("bytes")).isEqualTo(10);
        assertThat(upload.getValue("file")).isNull();
        assertThat(upload.getLong("expires_at") - upload.getLong("created_at")).isEqualTo(3_600);
    }

    @Test
    void shouldMakeAFileOfPartsThatCameAtOnceInTheOrderThatIsSaid() throws Exception {
        byte[] first = Lines.noise(9 << 20);
        byte[] second = Lines.noise((3 << 20) + 1);
        byte[] third = Lines.noise(100);
        byte[] whole = together(first, second, third);
        String upload = created(whole.length);
        List<String> parts = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> adding = new ArrayList<>();
            for (byte[] part : List.of(third, first, second)) {
                adding.add(clients.submit(() -> added(upload, part)));
            }
            for (Future<String> part : adding) {
                parts.add(part.get());
            }
        }

        Api.Answer completed = complete(upload, List.of(parts.get(1), parts.get(2), parts.get(0)), md5(whole));

        assertThat(completed.status()).as(completed.text()).isEqualTo(200);
        assertThat(completed.json().getString("status")).isEqualTo("completed");
        JsonObject file = completed.json().getJsonObject("file");
        assertThat(file.getString("object")).isEqualTo("file");
        assertThat(file.getString("filename")).isEqualTo("in.jsonl");
        assertThat(file.getLong("bytes")).isEqualTo(whole.length);
        assertThat(file.getLong("expires_at") - file.getLong("created_at")).isEqualTo(2_592_000);
        assertThat(Arrays.equals(content(file.getString("id")), whole)).isTrue();
        assertThat(api.get("/v1/files/" + file.getString("id")).json()).isEqualTo(file);
    }

    @Test
    void shouldShowNoFileBeforeTheUploadIsComplete() throws Exception {
        List<String> before = api.get("/v1/files").ids();

        added(created(9 << 20), Lines.noise(9 << 20));

        assertThat(api.get("/v1/files").ids()).isEqualTo(before);
    }

    @Test
    void shouldKeepASmallUploadWithoutAnObject() throws Exception {
        byte[] line = Lines.ONE.getBytes(StandardCharsets.UTF_8);
        String upload = created(2L * line.length);

        Api.Answer completed = complete(upload, List.of(added(upload, line), added(upload, line)), "");

        assertThat(content(completed.json().getJsonObject("file").getString("id")))
                .isEqualTo(together(line, line));
        assertThat(objects.list(
                        "files/" + completed.json().getJsonObject("file").getString("id") + "/"))
                .isEmpty();
    }

    @Test
    void shouldLetAPartBeLeftOut() throws Exception {
        byte[] good = Lines.noise(2 << 20);
        String upload = created(good.length);
        added(upload, Lines.noise(1 << 20));

        Api.Answer completed = complete(upload, List.of(added(upload, good)), "");

        assertThat(Arrays.equals(content(completed.json().getJsonObject("file").getString("id")), good))
                .isTrue();
    }

    @Test
    void shouldGiveTheFileTheLifeThatWasAskedFor() throws Exception {
        byte[] line = Lines.ONE.getBytes(StandardCharsets.UTF_8);
        JsonObject wanted = wanted(line.length)
                .put(
                        "expires_after",
                        new JsonObject().put("anchor", "created_at").put("seconds", 3_600));
        String upload = api.post("/v1/uploads", wanted.encode()).id();

        JsonObject file =
                complete(upload, List.of(added(upload, line)), "").json().getJsonObject("file");

        assertThat(file.getLong("expires_at") - file.getLong("created_at")).isEqualTo(3_600);
    }

    @ParameterizedTest
    @CsvSource({
        "filename, , missing_required_parameter",
        "purpose, , missing_required_parameter",
        "bytes, , missing_required_parameter",
        "mime_type, , missing_required_parameter",
        "filename, 7, invalid_type",
        "filename, \"\\u0000.jsonl\", invalid_value",
        "purpose, \"fun\", invalid_value",
        "bytes, \"7\", invalid_type",
        "bytes, 1.5, invalid_type",
        "bytes, 0, integer_below_min_value",
        "bytes, -1, integer_below_min_value",
        "bytes, 1e30, invalid_type",
        "bytes, 99999999999999999999, integer_above_max_value",
        "bytes, 41943041, integer_above_max_value",
        "expires_after, 7, invalid_type",
        "expires_after.anchor, {}, missing_required_parameter",
        "expires_after.anchor, {\"anchor\":\"now\"}, invalid_value",
        "expires_after.seconds, {\"anchor\":\"created_at\"}, missing_required_parameter",
    })
    void shouldNameWhatIsWrongWithANewUpload(String param, @Nullable String value, String code) throws Exception {
        JsonObject wanted = wanted(10);
        String field = param.replaceFirst("\\..*", "");
        wanted.remove(field);
        String body = value == null
                ? wanted.encode()
                : wanted.encode().replaceFirst("}$", ",\"" + field + "\":" + value.replace("\\", "\\\\") + "}");

        Api.Answer answer = api.post("/v1/uploads", body);

        assertRefused(answer, 400, param, code, code.equals("invalid_value") ? "nvalid" : param);
    }

    @Test
    void shouldRefuseAnotherExtensionForABatchAtOnce() throws Exception {
        Api.Answer answer =
                api.post("/v1/uploads", wanted(10).put("filename", "in.csv").encode());

        assertRefused(answer, 400, null, null, "Must be .jsonl");
    }

    @Test
    void shouldRefuseAFirstLineThatIsNoObjectWhenTheOrderIsKnown() throws Exception {
        byte[] half = "{\"a\":".getBytes(StandardCharsets.UTF_8);
        byte[] rest = "1}\n".getBytes(StandardCharsets.UTF_8);
        String upload = created(half.length + rest.length);
        String one = added(upload, half);
        String two = added(upload, rest);

        assertRefused(complete(upload, List.of(two, one), ""), 400, "part_ids", null, "first line");
        assertThat(complete(upload, List.of(one, two), "").status()).isEqualTo(200);
    }

    @Test
    void shouldRefuseAListOfPartsThatIsWrong() throws Exception {
        byte[] bytes = Lines.noise(1_000);
        String upload = created(bytes.length);
        String part = added(upload, bytes);
        String other = created(bytes.length);
        String others = added(other, bytes);

        assertRefused(complete(upload, List.of(), ""), 400, "part_ids", "invalid_value", "but got 0");
        assertRefused(
                complete(upload, List.of(part, "part_x"), ""), 400, "part_ids[1]", "invalid_value", "no part 'part_x'");
        assertRefused(complete(upload, List.of(others), ""), 400, "part_ids[0]", "invalid_value", "no part");
        assertRefused(complete(upload, List.of(part, part), ""), 400, "part_ids[1]", "invalid_value", "twice");
        assertRefused(
                api.post("/v1/uploads/" + upload + "/complete", "{\"part_ids\":[7]}"),
                400,
                "part_ids[0]",
                "invalid_type",
                "string");
        assertRefused(
                api.post("/v1/uploads/" + upload + "/complete", "{}"),
                400,
                "part_ids",
                "missing_required_parameter",
                "part_ids");
        assertRefused(
                complete(upload, List.of(part), md5(new byte[1])), 400, "md5", "invalid_value", "not that of the");
        assertRefused(complete(upload, List.of(part), "abc"), 400, "md5", "invalid_value", "32");
        assertThat(complete(upload, List.of(part), md5(bytes).toUpperCase(java.util.Locale.ROOT))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {999, 1_001})
    void shouldRefuseAnotherSumOfBytesThanWasAnnounced(int announced) throws Exception {
        String upload = created(announced);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            parts.add(added(upload, Lines.noise(500)));
        }

        assertRefused(
                complete(upload, parts, ""),
                400,
                "part_ids",
                "invalid_value",
                "1000 bytes together, but the upload was created for " + announced);
    }

    @Test
    void shouldAnswerTheSameCompletionAgainAndRefuseAnother() throws Exception {
        String upload = created(1_000);
        String part = added(upload, Lines.noise(1_000));
        String unused = added(upload, Lines.noise(1_000));
        Api.Answer first = complete(upload, List.of(part), "");

        assertThat(complete(upload, List.of(part), "").json()).isEqualTo(first.json());
        assertRefused(complete(upload, List.of(unused), ""), 409, null, null, "status 'completed'");
        assertRefused(api.addPart(upload, new byte[10]), 409, null, null, "status 'completed'");
        assertRefused(cancel(upload), 409, null, null, "Cannot cancel an upload with status 'completed'.");
    }

    @Test
    void shouldMakeOneFileWhenAnUploadIsCompletedSeveralTimesAtOnce() throws Exception {
        byte[] bytes = Lines.noise(2 << 20);
        String upload = created(bytes.length);
        String part = added(upload, bytes);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Api.Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                answers.add(clients.submit(
                        () -> complete(upload, List.of(part), md5(bytes), "Idempotency-Key", "at-once")));
            }
            for (Future<Api.Answer> answer : answers) {
                assertThat(answer.get().status()).as(answer.get().text()).isEqualTo(200);
            }
        }
        assertThat(filesMade).hasSize(1);
    }

    @Test
    void shouldCancelAnUploadAndTakeNothingMore() throws Exception {
        String upload = created(9 << 20);
        String part = added(upload, Lines.noise(9 << 20));

        assertThat(cancel(upload).json().getString("status")).isEqualTo("cancelled");
        assertThat(cancel(upload).json().getString("status")).isEqualTo("cancelled");
        assertRefused(api.addPart(upload, new byte[10]), 409, null, null, "status 'cancelled'");
        assertRefused(complete(upload, List.of(part), ""), 409, null, null, "status 'cancelled'");
    }

    @Test
    void shouldTakeNothingMoreAfterAnHour() throws Exception {
        String upload = created(9 << 20);
        String part = added(upload, Lines.noise(9 << 20));

        database.run("update upload set expires_at = now() where id = $1", upload);

        assertRefused(api.addPart(upload, new byte[10]), 409, null, null, "status 'expired'");
        assertRefused(complete(upload, List.of(part), ""), 409, null, null, "status 'expired'");
        assertRefused(cancel(upload), 409, null, null, "status 'expired'");
    }

    private Api stranger() throws Exception {
        String key = "sk-stranger-to-all-uploads";
        database.run("insert into tenant (id, name) values ('stranger', 'stranger') on conflict do nothing");
        database.run(
                """
                insert into api_key (id, tenant_id, name, hash, hint, scopes)
                values ('key-stranger', 'stranger', 'k', $1, 'x', '{read,write}') on conflict do nothing""", Buffer.buffer(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8))));
        return new Api(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"parts", "complete", "cancel"})
    void shouldKnowNoOtherTenantsUpload(String call) throws Exception {
        String upload = created(1_000);
        Api stranger = stranger();

        for (Api.Answer answer : List.of(
                call.equals("parts")
                        ? stranger.addPart(upload, new byte[10])
                        : stranger.post("/v1/uploads/" + upload + "/" + call, "{\"part_ids\":[\"part_1\"]}"),
                call.equals("parts")
                        ? api.addPart("upload_unknown", new byte[10])
                        : api.post("/v1/uploads/upload_unknown/" + call, "{\"part_ids\":[\"part_1\"]}"))) {
            assertRefused(answer, 404, "id", null, "No such Upload object: upload_");
        }
    }

    @Test
    void shouldAnswerARepeatedCreateAndARepeatedPartWithTheFirst() throws Exception {
        String body = wanted(1_000).encode();
        Api.Answer first = api.post("/v1/uploads", body, "Idempotency-Key", "create-1");
        String part = api.addPart(first.id(), Lines.noise(1_000), "Idempotency-Key", "part-1")
                .id();

        assertThat(api.post("/v1/uploads", body, "Idempotency-Key", "create-1").json())
                .isEqualTo(first.json());
        assertThat(api.addPart(first.id(), Lines.noise(1_000), "Idempotency-Key", "part-1")
                        .id())
                .isEqualTo(part);
        assertRefused(
                api.post("/v1/uploads", wanted(1_001).encode(), "Idempotency-Key", "create-1"),
                409,
                "Idempotency-Key",
                null,
                "another request");
        assertRefused(
                api.addPart(first.id(), Lines.noise(999), "Idempotency-Key", "part-1"),
                409,
                "Idempotency-Key",
                null,
                "another request");
        assertThat(tenant.parts()).isEqualTo(1);
    }

    @Test
    void shouldRefuseAPartThatIsNone() throws Exception {
        String upload = created(30 << 20);
        String path = "/v1/uploads/" + upload + "/parts";

        assertRefused(api.addPart(upload, new byte[0]), 400, "data", "invalid_value", "empty");
        assertRefused(
                api.send(
                        "POST",
                        path,
                        BodyPublishers.ofByteArray(
                                new Multipart().field("purpose", "batch").bytes()),
                        "Content-Type",
                        Multipart.TYPE),
                400,
                "data",
                "missing_required_parameter",
                "data");
        assertRefused(api.post(path, "{}", "Content-Type", "application/json"), 400, null, null, "multipart");
        assertRefused(api.addPart(upload, new byte[(30 << 20) + 1]), 413, "data", null, "31457280 bytes");
    }

    /** The longest body there is: it is read whole, and only what it says is refused. */
    @ParameterizedTest
    @CsvSource({"10000, part_ids[0], 'no part ''part_0'", "10001, part_ids, '10000 parts, but got 10001'"})
    void shouldReadAListOfAsManyPartsAsThereMayBe(int count, String param, String says) throws Exception {
        String upload = created(1_000);
        List<String> parts =
                IntStream.range(0, count).mapToObj("part_%032x"::formatted).toList();

        assertRefused(complete(upload, parts, ""), 400, param, "invalid_value", says);
    }

    @Test
    void shouldRefuseAPartOfMoreThan64Mebibytes() throws Exception {
        String upload = api.post(
                        "/v1/uploads",
                        wanted(65 << 20)
                                .put("purpose", "vision")
                                .put("filename", "a.png")
                                .encode())
                .id();
        byte[] mebibyte = new byte[1 << 20];
        List<byte[]> body = new ArrayList<>(Collections.nCopies(64, mebibyte));
        byte[] form = new Multipart().data(new byte[1]).bytes();
        int behindTheHeader = new String(form, StandardCharsets.US_ASCII).indexOf("\r\n\r\n") + 4;
        body.addFirst(Arrays.copyOf(form, behindTheHeader));
        body.add(Arrays.copyOfRange(form, behindTheHeader, form.length));

        Api.Answer answer = api.send(
                "POST",
                "/v1/uploads/" + upload + "/parts",
                BodyPublishers.ofByteArrays(body),
                "Content-Type",
                Multipart.TYPE);

        assertRefused(answer, 413, "data", null, "67108864 bytes");
    }

    @Test
    void shouldForgetAPartWhoseProcessDiedWhileTheUploadIsPending() throws Exception {
        String upload = created(1_000);
        String file = database.run("select file_id from upload where id = $1", upload)
                .iterator()
                .next()
                .getString(0);
        objects.put("files/" + file + "/part_dead-0", new byte[100], 100);

        database.run(
                "insert into upload_part (id, upload_id, state, touched_at)"
                        + " values ('part_dead', $1, 'pending', now() - interval '11 minutes')",
                upload);

        await("the janitor comes often")
                .until(() -> objects.list("files/" + file + "/").isEmpty());
        assertThat(added(upload, Lines.noise(1_000))).startsWith("part_");
    }

    @Test
    void shouldForgetEndedUploadsAfterADay() throws Exception {
        String upload = created(1_000);
        cancel(upload);
        await("it is swept").until(() -> count("upload where id = '" + upload + "' and swept_at is not null") == 1);

        database.run("update upload set swept_at = now() - interval '26 hours' where id = $1", upload);

        await("the janitor comes often").until(() -> cancel(upload).status() == 404);
    }
}
