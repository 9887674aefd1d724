package dev.longhaul.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.uploads.Upload;
import com.openai.models.uploads.UploadCompleteParams;
import com.openai.models.uploads.UploadCreateParams;
import com.openai.models.uploads.parts.PartCreateParams;
import dev.longhaul.system.Servers;
import dev.longhaul.system.SystemTest;
import dev.longhaul.system.Tester;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uploads in parts by OpenAI's Java SDK. */
@SystemTest
class JavaUploadsTest {
    private static final byte[] CONTENT = JavaSdk.lines("Hello", "World", "Good-bye");
    private static final List<byte[]> CUTS = List.of(
            Arrays.copyOfRange(CONTENT, 0, 50),
            Arrays.copyOfRange(CONTENT, 50, 60),
            Arrays.copyOfRange(CONTENT, 60, CONTENT.length));

    private JavaSdk sdk;
    private OpenAIClient client;

    @BeforeEach
    void connect(Tester tester) {
        sdk = JavaSdk.of(tester);
        client = sdk.client();
    }

    @AfterEach
    void disconnect() {
        sdk.close();
    }

    @Test
    void putsPartsTogetherInTheStatedOrder() throws NoSuchAlgorithmException {
        Upload upload = begin();
        List<String> parts = addAtOnce(upload, CUTS.reversed());

        Upload completed = complete(upload, parts.reversed(), digest(CONTENT));

        assertThat(completed.status()).isEqualTo(Upload.Status.COMPLETED);
        FileObject file = completed.file().orElseThrow();
        assertThat(file.bytes()).isEqualTo(CONTENT.length);
        assertThat(sdk.content(file.id())).isEqualTo(CONTENT);
        JavaSdk.refused(409, null, null, () -> add(upload, CUTS.getFirst()));
    }

    @Test
    void refusesAWrongSumDigestOrPartAndGoesOn() throws NoSuchAlgorithmException {
        Upload upload = begin();
        List<String> parts = addAtOnce(upload, CUTS);

        JavaSdk.refused(400, "md5", "invalid_value", () -> complete(upload, parts, digest(CUTS.getFirst())));
        JavaSdk.refused(400, "part_ids", "invalid_value", () -> complete(upload, parts.subList(0, 2)));
        JavaSdk.refused(400, "part_ids[0]", "invalid_value", () -> complete(upload, List.of("part_none")));

        assertThat(complete(upload, parts).status()).isEqualTo(Upload.Status.COMPLETED);
    }

    @Test
    void cancels() {
        Upload upload = begin();
        List<String> parts = addAtOnce(upload, CUTS);

        assertThat(client.uploads().cancel(upload.id()).status()).isEqualTo(Upload.Status.CANCELLED);

        JavaSdk.refused(409, null, null, () -> complete(upload, parts));
        JavaSdk.refused(409, null, null, () -> add(upload, CUTS.getFirst()));
    }

    @Test
    void takesNothingMoreAfterAnHour(Tester tester) throws Exception {
        Upload upload = begin();
        List<String> parts = addAtOnce(upload, CUTS);

        new Servers(tester.stack()).expireUpload(upload.id());

        JavaSdk.refused(409, null, null, () -> add(upload, CUTS.getFirst()));
        assertThat(JavaSdk.refused(409, null, null, () -> complete(upload, parts)))
                .hasMessageContaining("status 'expired'");
        JavaSdk.refused(409, null, null, () -> client.uploads().cancel(upload.id()));
    }

    private Upload begin() {
        Upload upload = client.uploads()
                .create(UploadCreateParams.builder()
                        .filename("input.jsonl")
                        .mimeType("application/jsonl")
                        .bytes(CONTENT.length)
                        .purpose(FilePurpose.BATCH)
                        .build());
        assertThat(upload.status()).isEqualTo(Upload.Status.PENDING);
        assertThat(upload.expiresAt()).isEqualTo(upload.createdAt() + 3_600);
        return upload;
    }

    private List<String> addAtOnce(Upload upload, List<byte[]> contents) {
        return contents.parallelStream().map(content -> add(upload, content)).toList();
    }

    private String add(Upload upload, byte[] content) {
        return client.uploads()
                .parts()
                .create(upload.id(), PartCreateParams.builder().data(content).build())
                .id();
    }

    private Upload complete(Upload upload, List<String> parts) {
        return complete(upload, UploadCompleteParams.builder().partIds(parts));
    }

    private Upload complete(Upload upload, List<String> parts, String md5) {
        return complete(upload, UploadCompleteParams.builder().partIds(parts).md5(md5));
    }

    private Upload complete(Upload upload, UploadCompleteParams.Builder params) {
        return client.uploads().complete(upload.id(), params.build());
    }

    private static String digest(byte[] content) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
    }
}
