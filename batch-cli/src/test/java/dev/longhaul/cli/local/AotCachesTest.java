package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AotCachesTest {
    @TempDir
    Path root = Path.of("");

    @BeforeEach
    void buildPrograms() throws IOException {
        for (Program program : Program.values()) {
            Files.createDirectories(program.files(root));
            Files.writeString(program.files(root).resolve("longhaul.jar"), "built");
        }
    }

    @Test
    void shouldNeverRecordInARunOfTheUserHoweverOftenItStarts() {
        for (int start = 0; start < 3; start++) {
            assertThat(caches(Map.of()).flags("batch-api")).isEmpty();
        }
        assertThat(root.resolve("target/longhaul")).doesNotExist();
    }

    @Test
    void shouldUseTheFileOfAProgramForAllItsProcessesUntilTheNextBuild() throws IOException {
        Path cache = create(Program.BATCH_DISPATCHER);

        assertThat(caches(Map.of()).flags("batch-dispatcher-1")).contains("-XX:AOTCache=" + cache);
        assertThat(caches(Map.of()).flags("batch-dispatcher-2")).contains("-XX:AOTCache=" + cache);
        assertThat(caches(Map.of()).flags("batch-api")).isEmpty();

        FileTime later = FileTime.fromMillis(System.currentTimeMillis() + 60_000);
        Files.setLastModifiedTime(Program.BATCH_DISPATCHER.files(root).resolve("longhaul.jar"), later);
        assertThat(caches(Map.of()).flags("batch-dispatcher-1")).isEmpty();
    }

    @Test
    void shouldStayOutOfTheWayOfFlagsOfTheUser() throws IOException {
        create(Program.BATCH_API);

        assertThat(caches(Map.of("LONGHAUL_JAVA_OPTS_BATCH_API", "-XX:+UseZGC")).flags("batch-api"))
                .isEmpty();
    }

    @Test
    void shouldBeOffOnRequest() throws IOException {
        create(Program.BATCH_API);

        assertThat(caches(Map.of("LONGHAUL_AOT", "off")).flags("batch-api")).isEmpty();
    }

    private Path create(Program program) throws IOException {
        Path cache = caches(Map.of()).file(program);
        Files.createDirectories(cache.getParent());
        return Files.createFile(cache);
    }

    private AotCaches caches(Map<String, String> environment) {
        return AotCaches.of(new Home(root, root.resolve(".longhaul")), environment);
    }
}
