package dev.longhaul.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileCreateParams.ExpiresAfter;
import com.openai.models.files.FileListParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import dev.longhaul.system.SystemTest;
import dev.longhaul.system.Tester;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files by OpenAI's Java SDK. */
@SystemTest
class JavaFilesTest {
    private static final byte[] LINES = JavaSdk.lines("Hello");

    @TempDir
    Path directory;

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
    void takesAPathBytesAndAStreamAlsoWithoutFileName() throws IOException {
        Path path = Files.write(directory.resolve("questions.jsonl"), LINES);

        List<FileObject> created = Stream.of(
                        FileCreateParams.builder().file(path),
                        FileCreateParams.builder().file(LINES),
                        FileCreateParams.builder().file(new ByteArrayInputStream(LINES)))
                .map(params ->
                        client.files().create(params.purpose(FilePurpose.BATCH).build()))
                .toList();

        assertThat(created).extracting(FileObject::filename).containsExactly("questions.jsonl", "upload", "upload");
        for (FileObject file : created) {
            assertThat(file.bytes()).isEqualTo(LINES.length);
            assertThat(file.purpose()).isEqualTo(FileObject.Purpose.BATCH);
            assertThat(file.status()).isEqualTo(FileObject.Status.PROCESSED);
            assertThat(file.expiresAt()).contains(file.createdAt() + 30 * 86_400);
            assertThat(client.files().retrieve(file.id())).isEqualTo(file);
            assertThat(sdk.content(file.id())).isEqualTo(LINES);
        }
    }

    @Test
    void keepsAFileForAsLongAsAsked() {
        FileObject file = client.files().create(expiring(3_600));

        assertThat(file.expiresAt()).contains(file.createdAt() + 3_600);
        String param = "expires_after[seconds]";
        JavaSdk.refused(
                400, param, "integer_below_min_value", () -> client.files().create(expiring(3_599)));
        JavaSdk.refused(
                400, param, "integer_above_max_value", () -> client.files().create(expiring(2_592_001)));
    }

    private static FileCreateParams expiring(long seconds) {
        return FileCreateParams.builder()
                .file(LINES)
                .purpose(FilePurpose.BATCH)
                .expiresAfter(ExpiresAfter.builder()
                        .anchor(JsonValue.from("created_at"))
                        .seconds(seconds)
                        .build())
                .build();
    }

    @Test
    void listsByPurposeInBothOrdersAndPageByPage() {
        List<String> files = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            files.add(client.files()
                    .create(FileCreateParams.builder()
                            .file(new byte[] {1})
                            .purpose(FilePurpose.ASSISTANTS)
                            .build())
                    .id());
        }

        List<String> newest = ids(listing().limit(5).build()).limit(5).toList();
        List<String> paged =
                ids(listing().limit(2).order(FileListParams.Order.ASC).build()).toList();
        List<String> rest = ids(listing()
                        .order(FileListParams.Order.ASC)
                        .after(files.get(2))
                        .build())
                .toList();

        assertThat(newest).containsExactlyElementsOf(files.reversed());
        assertThat(paged).doesNotHaveDuplicates().endsWith(files.toArray(String[]::new));
        assertThat(rest).containsExactlyElementsOf(files.subList(3, 5));
    }

    private static FileListParams.Builder listing() {
        return FileListParams.builder().purpose("assistants");
    }

    private Stream<String> ids(FileListParams params) {
        return client.files().list(params).autoPager().stream().map(FileObject::id);
    }

    @Test
    void listsNothing() {
        assertThat(client.files()
                        .list(FileListParams.builder()
                                .purpose("assistants_output")
                                .build())
                        .data())
                .isEmpty();
    }

    @Test
    void refusesWrongQueries() {
        JavaSdk.refused(
                400,
                "limit",
                "integer_below_min_value",
                () -> client.files().list(FileListParams.builder().limit(0).build()));
        JavaSdk.refused(
                400,
                "limit",
                "integer_above_max_value",
                () -> client.files().list(FileListParams.builder().limit(10_001).build()));
        JavaSdk.refused(
                404,
                "after",
                null,
                () -> client.files()
                        .list(FileListParams.builder().after("file-none").build()));
    }

    @Test
    void streamsAnyBytes() {
        byte[] content = new byte[300_000];
        new Random(1).nextBytes(content);

        FileObject file = client.files()
                .create(FileCreateParams.builder()
                        .file(content)
                        .purpose(FilePurpose.USER_DATA)
                        .build());

        assertThat(sdk.content(file.id())).isEqualTo(content);
    }

    @Test
    void deletes() {
        String id = sdk.upload(LINES).id();

        assertThat(client.files().delete(id).deleted()).isTrue();

        JavaSdk.refused(404, "id", null, () -> client.files().retrieve(id));
        JavaSdk.refused(404, "id", null, () -> sdk.content(id));
        JavaSdk.refused(404, "id", null, () -> client.files().delete(id));
    }
}
