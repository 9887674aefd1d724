package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.store.Database;
import dev.longhaul.store.ObjectStore;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies of files and of parts that are cut, and connections that end in the middle of them: nothing of them stays. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
@SuppressWarnings("NullAway.Init")
class CutUploadsTest {
    private static final int LARGE = 30 << 20;

    @Inject
    ObjectStore objects;

    @Inject
    Database database;

    private OwnTenant tenant;
    private Api api;
    private String upload = "";

    @BeforeEach
    void aTenantWithAnUpload() throws Exception {
        Readiness.await();
        tenant = OwnTenant.create(database, objects);
        api = tenant.api();
        upload = api.post(
                        "/v1/uploads",
                        "{\"filename\":\"a.jsonl\",\"purpose\":\"batch\",\"bytes\":" + LARGE + ",\"mime_type\":\"x\"}")
                .id();
    }

    @AfterEach
    void nothingStays() {
        await("a cut is noticed a moment later").untilAsserted(() -> {
            tenant.assertNothingIsLeftBut(Set.of());
            assertThat(tenant.parts()).isZero();
            assertThat(tenant.objectsUnderWay()).isZero();
        });
        tenant.expireUploads();
    }

    private enum Target {
        FILE,
        PART
    }

    private String path(Target target) {
        return target == Target.FILE ? "/v1/files" : "/v1/uploads/" + upload + "/parts";
    }

    /** The bytes, and a field behind them. */
    private static Multipart form(Target target, byte[] content) {
        return (target == Target.FILE ? new Multipart().file("in.jsonl", content) : new Multipart().data(content))
                .field("purpose", "batch");
    }

    private static Stream<Arguments> cuts() {
        return Stream.of(Target.values()).flatMap(target -> {
            byte[] body = form(target, Lines.noise(100_000)).bytes();
            int between = new String(body, StandardCharsets.ISO_8859_1).lastIndexOf("name=\"purpose\"");
            return Stream.of(
                    Arguments.of("ahead of the first byte", target, body, 0, false),
                    Arguments.of("in a part's header", target, body, 60, false),
                    Arguments.of("in what is kept in memory", target, body, 40_000, false),
                    Arguments.of("in what is not", target, body, 90_000, false),
                    Arguments.of("in a chunk", target, body, 90_000, true),
                    Arguments.of("ahead of the next field", target, body, between, false),
                    Arguments.of("ahead of the next field's chunk", target, body, between, true),
                    Arguments.of("in the last boundary", target, body, body.length - 8, false),
                    Arguments.of("in the last boundary's chunk", target, body, body.length - 8, true),
                    Arguments.of(
                            "behind a segment",
                            target,
                            form(target, Lines.noise(LARGE)).bytes(),
                            20 << 20,
                            false));
        });
    }

    @ParameterizedTest(name = "{1} {0}")
    @MethodSource("cuts")
    void shouldForgetWhatBreaksOff(String where, Target target, byte[] body, int sent, boolean chunked)
            throws Exception {
        try (Socket socket = begin(target, chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length)) {
            send(socket.getOutputStream(), Arrays.copyOf(body, sent), chunked);
            if (sent > 9 << 20) {
                await("a segment is in S3").until(() -> tenant.objectsUnderWay() > 0);
            }
        }
    }

    private Socket begin(Target target, String... headers) throws IOException {
        Socket socket = new Socket("127.0.0.1", Api.port());
        String head = "POST " + path(target) + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + tenant.key() + "\r\nContent-Type: " + Multipart.TYPE + "\r\n"
                + String.join("\r\n", headers) + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** In a chunk that announces a byte more than come. */
    private static void send(OutputStream out, byte[] bytes, boolean chunked) throws IOException {
        if (chunked) {
            out.write((Integer.toHexString(bytes.length + 1) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
        out.write(bytes);
        out.flush();
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerTheRepeatOfAnUploadWhoseAnswerNobodyRead(Target target) throws Exception {
        byte[] body = form(target, Lines.noise(100_000)).bytes();
        String key = UUID.randomUUID().toString();
        try (Socket socket = begin(target, "Content-Length: " + body.length, "Idempotency-Key: " + key)) {
            send(socket.getOutputStream(), body, false);
        }

        Api.Answer repeat = api.send(
                "POST",
                path(target),
                BodyPublishers.ofByteArray(body),
                "Content-Type",
                Multipart.TYPE,
                "Idempotency-Key",
                key);

        assertThat(repeat.status()).as(repeat.text()).isEqualTo(200);
        await("one of the two stays").until(() -> switch (target) {
            case FILE -> api.get("/v1/files").ids().equals(List.of(repeat.id()));
            case PART -> tenant.parts() == 1;
        });
        switch (target) {
            case FILE -> api.delete("/v1/files/" + repeat.id());
            case PART -> api.post("/v1/uploads/" + upload + "/cancel");
        }
    }

    /** The janitor takes it for dead while its last bytes are on their way; it must not leave a key behind that stands for nothing. */
    @ParameterizedTest
    @EnumSource
    void shouldTakeTheRepeatOfAnUploadThatWasGivenUp(Target target) throws Exception {
        byte[] body = form(target, Lines.noise(100_000)).bytes();
        String table = target == Target.FILE ? "file" : "upload_part";
        String pending = "select id from " + table + " where state = 'pending'";
        try (Socket socket =
                begin(target, "Content-Length: " + body.length, "Idempotency-Key: given-up", "Connection: close")) {
            send(socket.getOutputStream(), Arrays.copyOf(body, 90_000), false);
            await("it is coming").until(() -> tenant.isComing());
            database.run("update " + table + " set touched_at = now() - interval '11 minutes' where state = 'pending'");
            await("it is given up").until(() -> database.run(pending).size() == 0);
            send(socket.getOutputStream(), Arrays.copyOfRange(body, 90_000, body.length), false);
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 503 ");
        }

        Api.Answer repeat = api.send(
                "POST",
                path(target),
                BodyPublishers.ofByteArray(body),
                "Content-Type",
                Multipart.TYPE,
                "Idempotency-Key",
                "given-up");

        assertThat(repeat.status()).as(repeat.text()).isEqualTo(200);
        switch (target) {
            case FILE -> {
                assertThat(api.get("/v1/files/" + repeat.id() + "/content").bytes())
                        .isEqualTo(Lines.noise(100_000));
                api.delete("/v1/files/" + repeat.id());
            }
            case PART -> api.post("/v1/uploads/" + upload + "/cancel");
        }
    }

    private static Stream<Arguments> brokenBodies() {
        return Stream.of(Target.values()).flatMap(target -> {
            byte[] whole = form(target, Lines.noise(100_000)).bytes();
            byte[] withoutEnd = form(target, new byte[] {'{', '}'}).bytesWithoutEnd();
            return Stream.of(
                    Arguments.of("cut in the file", target, Multipart.TYPE, Arrays.copyOf(whole, 50_000)),
                    Arguments.of("cut in a part's header", target, Multipart.TYPE, Arrays.copyOf(whole, 60)),
                    Arguments.of(
                            "without last boundary",
                            target,
                            Multipart.TYPE,
                            Arrays.copyOf(withoutEnd, withoutEnd.length - 2)),
                    Arguments.of("no parts", target, Multipart.TYPE, "hello".getBytes(StandardCharsets.UTF_8)),
                    Arguments.of("no bytes", target, Multipart.TYPE, new byte[0]),
                    Arguments.of("no boundary", target, "multipart/form-data", whole),
                    Arguments.of("another boundary", target, "multipart/form-data; boundary=other", whole),
                    Arguments.of("JSON", target, "application/json", "{}".getBytes(StandardCharsets.UTF_8)));
        });
    }

    @ParameterizedTest(name = "{1} {0}")
    @MethodSource("brokenBodies")
    void shouldRefuseABodyThatIsNoForm(String what, Target target, String type, byte[] body) throws Exception {
        Api.Answer answer = api.send("POST", path(target), BodyPublishers.ofByteArray(body), "Content-Type", type);

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.error().getString("message")).isNotBlank();
    }
}
