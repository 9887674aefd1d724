package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.store.Database;
import dev.longhaul.store.ObjectStore;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that stop in the middle. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
@Timeout(60)
class SlowClientsTest {
    private final Api api = Api.admin();

    @Inject
    ObjectStore objects;

    @Inject
    Database database;

    @BeforeEach
    void ready() {
        Readiness.await();
    }

    private static Socket posting(String path, String type, byte[] body, int sent) throws IOException {
        Socket socket = new Socket("127.0.0.1", Api.port());
        OutputStream out = socket.getOutputStream();
        out.write(("POST " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + StackResource.ADMIN_KEY
                        + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(body, 0, sent);
        out.flush();
        return socket;
    }

    /** One after another they would take their silence each. */
    @Test
    void shouldCutOffClientsThatSendNothingMoreAndForgetWhatTheySent() throws Exception {
        Set<String> before = Set.copyOf(objects.list("files/"));
        Set<String> pendingBefore = pending();
        byte[] file = new Multipart()
                .field("purpose", "batch")
                .file("in.jsonl", Lines.noise(11 << 20))
                .bytes();
        byte[] part = new Multipart().data(Lines.noise(11 << 20)).bytes();
        byte[] object = "{\"input_file_id\":\"file-x\",".getBytes(StandardCharsets.UTF_8);
        String upload = api.post(
                        "/v1/uploads",
                        "{\"filename\":\"a.jsonl\",\"purpose\":\"batch\",\"bytes\":11534336,\"mime_type\":\"x\"}")
                .id();

        try (Socket atOnce = posting("/v1/files", Multipart.TYPE, file, 0);
                Socket inAField = posting("/v1/files", Multipart.TYPE, file, 40);
                Socket inAFile = posting("/v1/files", Multipart.TYPE, file, 40_000);
                Socket behindASegment = posting("/v1/files", Multipart.TYPE, file, 10_000_000);
                Socket inAPart = posting("/v1/uploads/" + upload + "/parts", Multipart.TYPE, part, 10_000_000);
                Socket inABatch = posting("/v1/batches", "application/json", object, object.length - 5);
                Socket inAnUpload = posting("/v1/uploads", "application/json", object, object.length - 5)) {
            for (Socket socket : List.of(atOnce, inAField, inAFile, behindASegment, inAPart, inABatch, inAnUpload)) {
                // Ends when the service closes the connection; the test's own time limit fails it otherwise.
                socket.getInputStream().readAllBytes();
            }
        }

        await("what they sent is forgotten").untilAsserted(() -> {
            // Earlier tests' files may be erased meanwhile.
            assertThat(objects.list("files/")).isSubsetOf(before);
            assertThat(pending()).isSubsetOf(pendingBefore);
        });
    }

    /** Each of them a byte at a time, all of them at once; then no more is taken of them, and nothing stays. */
    @Test
    void shouldRefuseClientsThatDrip() throws Exception {
        Set<String> before = Set.copyOf(objects.list("files/"));
        Set<String> pendingBefore = pending();
        byte[] file = new Multipart()
                .field("purpose", "batch")
                .file("in.jsonl", Lines.noise(1 << 20))
                .bytes();
        byte[] part = new Multipart().data(Lines.noise(1 << 20)).bytes();
        byte[] object = ("{\"input_file_id\":\"" + " ".repeat(10_000)).getBytes(StandardCharsets.UTF_8);
        String upload = api.post(
                        "/v1/uploads",
                        "{\"filename\":\"a.jsonl\",\"purpose\":\"batch\",\"bytes\":11534336,\"mime_type\":\"x\"}")
                .id();

        try (Socket inAFile = posting("/v1/files", Multipart.TYPE, file, 200);
                Socket inAPart = posting("/v1/uploads/" + upload + "/parts", Multipart.TYPE, part, 200);
                Socket inABatch = posting("/v1/batches", "application/json", object, 5);
                Socket inACompletion = posting("/v1/uploads/" + upload + "/complete", "application/json", object, 5)) {
            List<Dripping> clients = Stream.of(inAFile, inAPart, inABatch, inACompletion)
                    .map(Dripping::new)
                    .toList();
            await("the service has seen enough of each")
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> clients.stream().filter(Dripping::isCutOff).count() == clients.size());

            assertThat(clients)
                    .extracting(Dripping::answer)
                    .allSatisfy(answer -> assertThat(answer)
                            .startsWith("HTTP/1.1 408 ")
                            .containsIgnoringCase("connection: close")
                            .contains("more slowly than 1024 bytes a second"));
        }

        await("what they sent is forgotten").untilAsserted(() -> {
            assertThat(objects.list("files/")).isSubsetOf(before);
            assertThat(pending()).isSubsetOf(pendingBefore);
        });
    }

    /** Sends a byte whenever it is looked at. */
    private record Dripping(Socket socket, ByteArrayOutputStream received) {
        Dripping(Socket socket) {
            this(socket, new ByteArrayOutputStream());
        }

        /** Whether the service has closed the connection. */
        boolean isCutOff() {
            try {
                received.writeBytes(socket.getInputStream()
                        .readNBytes(socket.getInputStream().available()));
                socket.getOutputStream().write(' ');
                return false;
            } catch (IOException e) {
                return true;
            }
        }

        String answer() {
            return received.toString(StandardCharsets.UTF_8);
        }
    }

    /** The files and parts whose bytes are coming, or were when their process ended. */
    private Set<String> pending() {
        Set<String> ids = new HashSet<>();
        database.run(
                        "select id from file where state = 'pending' union select id from upload_part where state = 'pending'")
                .forEach(row -> ids.add(row.getString(0)));
        return ids;
    }

    @Test
    void shouldServeOthersWhileClientsStandStill() throws Exception {
        byte[] body = new Multipart().file("in.jsonl", Lines.noise(11 << 20)).bytes();
        // As many as there are buffers, each of which holds one.
        try (Socket one = posting("/v1/files", Multipart.TYPE, body, 1 << 20);
                Socket two = posting("/v1/files", Multipart.TYPE, body, 1 << 20);
                Socket three = posting("/v1/files", Multipart.TYPE, body, 1 << 20)) {
            assertThat(api.get("/v1/files").status()).isEqualTo(200);
            String small = api.uploaded(Lines.ONE);
            Api.Answer large =
                    api.upload(new Multipart().field("purpose", "batch").file("in.jsonl", Lines.noise(2 << 20)));

            assertThat(large.status()).isEqualTo(200);
            assertThat(one.isConnected() && two.isConnected() && three.isConnected())
                    .isTrue();
            api.delete("/v1/files/" + small);
            api.delete("/v1/files/" + large.id());
        }
    }
}
