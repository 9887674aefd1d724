package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.model.Ids;
import dev.longhaul.store.Database;
import dev.longhaul.store.ObjectStore;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with an upload: the answer says it, and nothing stays behind. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
@SuppressWarnings("NullAway.Init")
class BadUploadsTest {
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

    @AfterEach
    void nothingStaysBehind() {
        await("a broken-off upload is noticed a moment later")
                .untilAsserted(() -> tenant.assertNothingIsLeftBut(Set.of()));
    }

    private static Multipart batch() {
        return new Multipart().field("purpose", "batch");
    }

    private static Multipart fields(int count) {
        Multipart form = new Multipart();
        for (int i = 0; i < count; i++) {
            form.field("field" + i, "x");
        }
        return form;
    }

    private static Multipart expiring(String anchor, String seconds) {
        return batch().field("expires_after[anchor]", anchor)
                .field("expires_after[seconds]", seconds)
                .file("in.jsonl", Lines.ONE);
    }

    private static Stream<Arguments> badForms() {
        byte[] longFirstLine = new byte[9 << 20];
        Arrays.fill(longFirstLine, (byte) ' ');
        return Stream.of(
                Arguments.of("another extension", batch().file("in.csv", Lines.ONE), null, null, "Must be .jsonl"),
                Arguments.of("no JSON", batch().file("in.jsonl", "hello\n" + Lines.ONE), "file", null, "first line"),
                Arguments.of("no object", batch().file("in.jsonl", "[1]\n"), "file", null, "first line"),
                Arguments.of("half an object", batch().file("in.jsonl", "{\"a\":\n1}\n"), "file", null, "first line"),
                Arguments.of("two objects", batch().file("in.jsonl", "{} {}\n"), "file", null, "first line"),
                Arguments.of("blank first line", batch().file("in.jsonl", "\n{}\n"), "file", null, "first line"),
                Arguments.of(
                        "nine megabytes of blanks",
                        batch().file("in.jsonl", longFirstLine),
                        "file",
                        null,
                        "first line"),
                Arguments.of("empty", batch().file("in.jsonl", ""), "file", null, "empty"),
                Arguments.of(
                        "empty, any purpose",
                        new Multipart().field("purpose", "vision").file("a.png", ""),
                        "file",
                        null,
                        "empty"),
                Arguments.of(
                        "no purpose",
                        new Multipart().file("in.jsonl", Lines.ONE),
                        "purpose",
                        "missing_required_parameter",
                        "'purpose'"),
                Arguments.of("no file", batch(), "file", "missing_required_parameter", "'file'"),
                Arguments.of(
                        "two files",
                        batch().file("a.jsonl", Lines.ONE).file("b.jsonl", Lines.ONE),
                        "file",
                        "invalid_value",
                        "several"),
                Arguments.of(
                        "unknown purpose",
                        new Multipart().field("purpose", "fun").file("a.jsonl", Lines.ONE),
                        "purpose",
                        "invalid_value",
                        "'fun'"),
                Arguments.of(
                        "expiry too soon",
                        expiring("created_at", "3599"),
                        "expires_after[seconds]",
                        "integer_below_min_value",
                        "3600"),
                Arguments.of(
                        "expiry too late",
                        expiring("created_at", "2592001"),
                        "expires_after[seconds]",
                        "integer_above_max_value",
                        "2592000"),
                Arguments.of(
                        "expiry no number",
                        expiring("created_at", "soon"),
                        "expires_after[seconds]",
                        "invalid_type",
                        "integer"),
                Arguments.of(
                        "expiry anchor", expiring("now", "3600"), "expires_after[anchor]", "invalid_value", "'now'"),
                Arguments.of(
                        "long field",
                        new Multipart().field("purpose", "x".repeat(9_000)).file("a.jsonl", Lines.ONE),
                        "purpose",
                        "string_above_max_length",
                        "8192"),
                Arguments.of(
                        "a part's header without end",
                        batch().file("a".repeat(20_000) + ".jsonl", Lines.ONE),
                        null,
                        null,
                        "Header section"),
                Arguments.of(
                        "a character that cannot be stored", batch().file("a\0.jsonl", Lines.ONE), null, null, "name"),
                Arguments.of(
                        "a hundred fields and more",
                        fields(101).file("a.jsonl", Lines.ONE),
                        null,
                        null,
                        "more than 100 parts"),
                Arguments.of(
                        "long name",
                        batch().file("a".repeat(600) + ".jsonl", Lines.ONE),
                        "file",
                        "string_above_max_length",
                        "name"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badForms")
    void shouldRefuse(String what, Multipart form, String param, String code, String says) throws Exception {
        Api.Answer answer = api.uploadChunked(form);

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.error().getString("type")).isEqualTo("invalid_request_error");
        assertThat(answer.error().getString("param")).isEqualTo(param);
        assertThat(answer.error().getString("code")).isEqualTo(code);
        assertThat(answer.error().getString("message")).contains(says);
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLetTheClientSeeThatAFileIsTooLarge(boolean chunked) throws Exception {
        Multipart form = batch().file("in.jsonl", Lines.noise(StackResource.MAX_OTHER_FILE + 1));

        Api.Answer answer = chunked ? api.uploadChunked(form) : api.upload(form);

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.error().getString("param")).isEqualTo("file");
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void shouldHaveAnotherLimitForOtherPurposes() throws Exception {
        byte[] between = Lines.noise(StackResource.MAX_FILE + 1);

        Api.Answer most = api.upload(batch().file("in.jsonl", Arrays.copyOf(between, StackResource.MAX_FILE)));
        Api.Answer batch = api.upload(batch().file("in.jsonl", between));
        Api.Answer other = api.upload(new Multipart().file("in.png", between).field("purpose", "vision"));

        assertThat(batch.status()).isEqualTo(413);
        assertThat(batch.error().getString("message")).contains(StackResource.MAX_FILE + " bytes");
        assertThat(List.of(most.status(), other.status())).containsOnly(200);
        api.delete("/v1/files/" + most.id());
        api.delete("/v1/files/" + other.id());
    }

    @Test
    void shouldLetTheClientSeeThatItsKeyIsWrongAfterALargeBody() throws Exception {
        Api.Answer answer =
                new Api("sk-wrong-key-0123456789").uploadChunked(batch().file("in.jsonl", Lines.noise(20 << 20)));

        assertThat(answer.status()).isEqualTo(401);
    }

    @Test
    void shouldForgetAnUploadWhoseProcessDied() {
        String id = Ids.newFileId(0);
        objects.put("files/" + id + "/0", new byte[100], 100);

        database.run(
                "insert into file (id, tenant_id, filename, purpose, state, touched_at)"
                        + " values ($1, $2, '', '', 'pending', now() - interval '11 minutes')",
                id,
                tenant.id());

        await("the janitor comes often")
                .until(() -> objects.list("files/" + id + "/").isEmpty());
    }

    @Test
    void shouldTakeMoreUploadsAtOnceThanThereAreBuffers() throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Api.Answer>> answers = new ArrayList<>();
            byte[] bytes = Lines.noise(20 << 20);
            for (int i = 0; i < 6; i++) {
                answers.add(clients.submit(() -> api.upload(batch().file("in.jsonl", bytes))));
            }
            for (Future<Api.Answer> answer : answers) {
                String id = answer.get().id();
                assertThat(Arrays.equals(api.get("/v1/files/" + id + "/content").bytes(), bytes))
                        .isTrue();
                api.delete("/v1/files/" + id);
            }
        }
    }
}
