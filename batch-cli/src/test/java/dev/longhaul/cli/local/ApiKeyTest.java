package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeyTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void shouldBeMadeOnceAndReadableByItsOwnerAlone() throws IOException {
        Path file = directory.resolve("api-key");

        String key = ApiKey.readOrCreate(file);

        assertThat(key).matches("sk-[A-Za-z0-9_-]{32}");
        assertThat(ApiKey.readOrCreate(file)).isEqualTo(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldBeAbsentBeforeTheFirstStart() {
        assertThat(ApiKey.read(directory.resolve("api-key"))).isEmpty();
    }
}
