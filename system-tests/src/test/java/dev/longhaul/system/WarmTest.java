package dev.longhaul.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Class data are made by one command, whole or not at all, and used by the next start. */
@Tag("scale")
class WarmTest {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int PROGRAMS = 6;

    @TempDir
    Path directory;

    @Test
    void classDataAreMadeOnceAndLeaveNothingElseBehind() throws Exception {
        Path files = Stack.root().resolve("target/longhaul/aot");
        try (Stack stack = new Stack(directory.resolve("data"), Map.of())) {
            stack.command(LIMIT, "warm").orThrow();

            assertThat(stack.command(LIMIT, "warm").orThrow()).contains("there already");
            try (Stream<Path> left = Files.list(files)) {
                assertThat(left.map(file -> file.getFileName().toString())).hasSize(PROGRAMS + 1).contains("lock");
            }
            assertThat(directory.resolve("data")).doesNotExist();
            stack.up();
            long api = stack.status().member("batch-api").pid();
            assertThat(ProcessHandle.of(api).orElseThrow().info().commandLine().orElse(""))
                    .contains("-XX:AOTCache=" + files);
        }
    }
}
