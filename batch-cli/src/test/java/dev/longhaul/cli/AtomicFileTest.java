package dev.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void shouldLeaveTheOldFileUntilTheNewOneIsWhole() throws IOException {
        Path target = Files.writeString(directory.resolve("out"), "old");

        try (AtomicFile file = AtomicFile.create(target)) {
            file.channel().write(ByteBuffer.wrap(new byte[] {'n', 'e', 'w'}));
            assertThat(target).hasContent("old");
            file.commit();
        }

        assertThat(target).hasContent("new");
        assertThat(names()).containsExactly("out");
    }

    @Test
    void shouldLeaveNoTraceWhenItIsNotCommitted() throws IOException {
        try (AtomicFile file = AtomicFile.create(directory.resolve("out"))) {
            file.channel().write(ByteBuffer.wrap(new byte[] {'n'}));
        }

        assertThat(names()).isEmpty();
    }

    @Test
    void shouldReplaceTheFileThatALinkNamesAndKeepTheLink() throws IOException {
        Path target = Files.writeString(directory.resolve("target"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);

        try (AtomicFile file = AtomicFile.create(link)) {
            file.commit();
        }

        assertThat(link).isSymbolicLink();
        assertThat(target).isEmptyFile();
    }

    private String[] names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toArray(String[]::new);
        }
    }
}
