package dev.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputFileTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void shouldTakeTheEndpointFromTheFirstLineWhateverStandsBeforeIt() throws IOException {
        assertThat(endpoint(
                        "{\"body\":{\"url\":\"/wrong\",\"a\":[1,{\"url\":2}]},\"url\":\"/v1/embeddings\"}\nnot json"))
                .isEqualTo("/v1/embeddings");
    }

    @Test
    void shouldForgiveAByteOrderMark() throws IOException {
        assertThat(endpoint("\uFEFF{\"url\":\"/v1/responses\"}")).isEqualTo("/v1/responses");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not json", "[]", "{\"url\":7}", "{\"custom_id\":\"a\"}", "{\"url\"", "{"})
    void shouldLeaveItToTheServiceToSayWhatIsWrongWithTheFirstLine(String line) throws IOException {
        assertThat(endpoint(line)).isEqualTo("/v1/chat/completions");
    }

    private String endpoint(String content) throws IOException {
        return InputFile.check(Files.writeString(directory.resolve("in.jsonl"), content))
                .endpoint();
    }
}
