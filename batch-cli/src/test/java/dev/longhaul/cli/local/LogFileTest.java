package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void shouldAnswerTheLastLinesBehindAnOffset() throws IOException {
        Path file = Files.writeString(directory.resolve("a.log"), "old\none\ntwo\nthree\n");

        assertThat(new LogFile(file).tail(2, 0)).containsExactly("two", "three");
        assertThat(new LogFile(file).tail(10, 4)).containsExactly("one", "two", "three");
    }

    @Test
    void shouldReadNoMoreThanAMebibyteOfAHugeLog() throws IOException {
        Path file = directory.resolve("a.log");
        Files.writeString(file, "x".repeat(99).concat("\n").repeat(20_000) + "last\n");

        assertThat(new LogFile(file).tail(1, 0)).containsExactly("last");
        assertThat(new LogFile(file).tail(1_000_000, 0)).hasSizeLessThan(11_000);
    }

    @Test
    void shouldBeEmptyWithoutAFile() {
        LogFile log = new LogFile(directory.resolve("none.log"));

        assertThat(log.tail(5, 0)).isEmpty();
        assertThat(log.hasLine("ready", 0)).isFalse();
        assertThat(log.size()).isZero();
    }

    @Test
    void shouldFindOnlyAWholeLine() throws IOException {
        Path file = Files.writeString(directory.resolve("a.log"), "almost ready\n");

        assertThat(new LogFile(file).hasLine("ready", 0)).isFalse();
        assertThat(new LogFile(Files.writeString(file, "a\nready\n")).hasLine("ready", 0))
                .isTrue();
    }
}
