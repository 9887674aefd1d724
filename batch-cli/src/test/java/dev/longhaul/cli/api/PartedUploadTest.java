package dev.longhaul.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartedUploadTest {
    private static final String CREATE = "POST /v1/uploads";
    private static final String ADD = "POST /v1/uploads/upload_1/parts";
    private static final String COMPLETE = "POST /v1/uploads/upload_1/complete";
    private static final long FAR = 4_102_444_800L;

    @TempDir
    Path directory = Path.of("");

    private final FakeApi api;
    private final List<Long> progress = new ArrayList<>();

    PartedUploadTest() throws IOException {
        api = new FakeApi();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private Path file() throws IOException {
        Path file = directory.resolve("in.jsonl");
        return Files.exists(file) ? file : Files.writeString(file, "aaaabbbbcc");
    }

    private String upload() throws IOException {
        FilesApi files = new ApiClient(api.url(), "sk-test", Duration.ofMillis(200)).files();
        return new PartedUpload(files, directory.resolve("notes"), 4, progress::add).upload(file(), 10, "batch");
    }

    private void answersCreate(long expiresAt) {
        api.answer(CREATE, 200, "{\"id\":\"upload_1\",\"expires_at\":" + expiresAt + "}");
    }

    private List<String> added() {
        return api.received(ADD).stream()
                .map(part -> part.body().replaceAll("(?s).*\r\n\r\n(\\w+)\r\n--.*", "$1"))
                .sorted()
                .toList();
    }

    private List<Path> notes() throws IOException {
        try (Stream<Path> notes = Files.list(directory.resolve("notes"))) {
            return notes.toList();
        }
    }

    @Test
    void shouldSendAllPartsAndCompleteThemInTheFilesOrder() throws IOException {
        answersCreate(FAR);
        api.answerEach(ADD, body -> "{\"id\":\"part_" + body.replaceAll("(?s).*\r\n\r\n(\\w+)\r\n--.*", "$1") + "\"}");
        api.answer(COMPLETE, 200, "{\"file\":{\"id\":\"file-1\"}}");

        assertThat(upload()).isEqualTo("file-1");

        assertThat(api.received(CREATE).getFirst().body())
                .contains("\"filename\":\"in.jsonl\"", "\"bytes\":10", "\"purpose\":\"batch\"");
        assertThat(added()).containsExactly("aaaa", "bbbb", "cc");
        assertThat(api.received(COMPLETE).getFirst().body())
                .isEqualTo("{\"part_ids\":[\"part_aaaa\",\"part_bbbb\",\"part_cc\"]}");
        assertThat(progress).containsExactly(0L, 4L, 8L, 10L);
        assertThat(notes()).isEmpty();
    }

    private void breakOffAtTheLastPart() throws IOException {
        api.answerEach(
                ADD,
                body -> body.contains("\r\n\r\ncc\r\n")
                        ? null
                        : "{\"id\":\"part_" + body.replaceAll("(?s).*\r\n\r\n(\\w+)\r\n--.*", "$1") + "\"}");
        assertThatThrownBy(this::upload).isInstanceOf(ApiException.class);
        assertThat(notes()).hasSize(1);
    }

    @Test
    void shouldSendOnlyWhatIsMissingAfterABreak() throws IOException {
        answersCreate(FAR);
        breakOffAtTheLastPart();
        int before = api.received(ADD).size();
        api.answerEach(ADD, body -> "{\"id\":\"part_cc\"}");
        api.answer(COMPLETE, 200, "{\"file\":{\"id\":\"file-1\"}}");

        assertThat(upload()).isEqualTo("file-1");

        assertThat(api.received(CREATE)).hasSize(1);
        assertThat(api.received(ADD)).hasSize(before + 1);
        assertThat(api.received(COMPLETE).getFirst().body())
                .isEqualTo("{\"part_ids\":[\"part_aaaa\",\"part_bbbb\",\"part_cc\"]}");
    }

    @Test
    void shouldBeginAnewWhenTheFileHasChanged() throws IOException {
        answersCreate(FAR);
        breakOffAtTheLastPart();
        Files.setLastModifiedTime(file(), FileTime.fromMillis(1_000));
        api.answerEach(ADD, body -> "{\"id\":\"part_new\"}");
        api.answer(COMPLETE, 200, "{\"file\":{\"id\":\"file-1\"}}");

        upload();

        assertThat(api.received(CREATE)).hasSize(2);
        assertThat(api.received(COMPLETE).getFirst().body())
                .isEqualTo("{\"part_ids\":[\"part_new\",\"part_new\",\"part_new\"]}");
    }

    @Test
    void shouldBeginAnewWhenTheUploadHasExpired() throws IOException {
        answersCreate(1_000);
        breakOffAtTheLastPart();
        api.answerEach(ADD, body -> "{\"id\":\"part_new\"}");
        api.answer(COMPLETE, 200, "{\"file\":{\"id\":\"file-1\"}}");

        upload();

        assertThat(api.received(CREATE)).hasSize(2);
    }

    @Test
    void shouldBeginAnewWhenTheServiceHasForgottenTheUpload() throws IOException {
        answersCreate(FAR);
        api.answer(CREATE, 200, "{\"id\":\"upload_2\",\"expires_at\":" + FAR + "}");
        breakOffAtTheLastPart();
        api.answerEach(ADD, body -> "{\"id\":\"part_late\"}");
        api.answer(COMPLETE, 409, "{\"error\":{\"message\":\"It has expired.\"}}")
                .answer("POST /v1/uploads/upload_2/parts", 200, "{\"id\":\"part_2\"}")
                .answer("POST /v1/uploads/upload_2/complete", 200, "{\"file\":{\"id\":\"file-2\"}}");

        assertThat(upload()).isEqualTo("file-2");
    }
}
