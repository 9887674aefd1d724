package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
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
    void shouldRecordAtTheSecondStartOfABuild() {
        assertThat(caches(Map.of()).flags("batch-api")).isEmpty();
        assertThat(AotCaches.isRecording(caches(Map.of()).flags("batch-api"))).isTrue();
    }

    @Test
    void shouldLetTheFirstOfSeveralRecord() {
        caches(Map.of()).flags("batch-dispatcher-1");

        assertThat(caches(Map.of()).flags("batch-dispatcher-2")).isEmpty();
        assertThat(caches(Map.of()).flags("batch-dispatcher-1")).isNotEmpty();
    }

    @Test
    void shouldUseTheFileThatWasMadeOfTheRecordingUntilTheNextBuild() throws IOException {
        caches(Map.of()).flags("local-s3");
        String recorded = caches(Map.of()).flags("local-s3").get(1).replace("-XX:AOTConfiguration=", "");
        Path cache = Files.createFile(Path.of(recorded.replace(".conf", ".aot")));

        assertThat(caches(Map.of()).flags("local-s3")).contains("-XX:AOTCache=" + cache);

        FileTime later = FileTime.fromMillis(System.currentTimeMillis() + 60_000);
        Files.setLastModifiedTime(Program.LOCAL_S3.files(root).resolve("longhaul.jar"), later);
        assertThat(caches(Map.of()).flags("local-s3")).isEmpty();
        caches(Map.of()).makeInBackground(ProcessStarter.forThisSystem(), root.resolve("aot.log"));
        assertThat(cache).doesNotExist();
    }

    @Test
    void shouldStayOutOfTheWayOfFlagsOfTheUser() {
        Map<String, String> environment = Map.of("LONGHAUL_JAVA_OPTS_BATCH_API", "-XX:+UseZGC");
        caches(environment).flags("batch-api");

        assertThat(caches(environment).flags("batch-api")).isEmpty();
    }

    @Test
    void shouldBeOffOnRequest() {
        List<String> first = caches(Map.of("LONGHAUL_AOT", "off")).flags("batch-api");

        assertThat(first).isEmpty();
        assertThat(root.resolve("target")).doesNotExist();
    }

    private AotCaches caches(Map<String, String> environment) {
        return AotCaches.of(new Home(root, root.resolve(".longhaul")), environment);
    }
}
