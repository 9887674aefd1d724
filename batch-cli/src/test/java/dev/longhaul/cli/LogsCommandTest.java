package dev.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.cli.local.LogFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsCommandTest {
    @TempDir
    Path directory = Path.of("");

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    @Test
    void shouldFollowWholeLinesAndBeginAnewWithAReplacedLog() throws IOException {
        Path file = Files.writeString(directory.resolve("a.log"), "old\n");
        LogsCommand.Follower follower = new LogsCommand.Follower(new LogFile(file), "a | ", 4);

        Files.writeString(file, "one\ntw", StandardOpenOption.APPEND);
        follower.printNew(out);
        Files.writeString(file, "o\n", StandardOpenOption.APPEND);
        follower.printNew(out);
        follower.printNew(out);
        Files.writeString(file, "new\n");
        follower.printNew(out);

        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo("a | one\na | two\na | new\n");
    }
}
