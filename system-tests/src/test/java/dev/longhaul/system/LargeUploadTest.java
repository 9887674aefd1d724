package dev.longhaul.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A file that the command line sends in parts. */
@SystemTest
class LargeUploadTest {
    private static final int LINES = 75_000;
    private static final int LINE_BYTES = 1_000;

    @Test
    void aLargeFileArrivesAlthoughTheApiIsKilledMeanwhile(Tester tester) throws IOException {
        Path file = ChatLines.ofBytes(LINES, LINE_BYTES).file(tester.stack().data().resolve("large.jsonl"));
        Path notes = tester.stack().data().resolve("uploads");
        CompletableFuture<Commands.Result> first = CompletableFuture.supplyAsync(() -> upload(tester, file));
        await("a part has arrived, or all have")
                .ignoreExceptions()
                .atMost(Duration.ofMinutes(2))
                .until(() -> first.isDone() || tell(notes).contains("part_"));

        tester.kill(Tester.API);
        tester.up();
        Commands.Result result = first.join();
        if (result.exitCode() != 0) {
            // The service was away for longer than the command's patience: then the same command sends the rest.
            result = upload(tester, file);
        }

        String id = result.orThrow().strip();
        try (InputStream there = tester.api().content(id);
                InputStream here = Files.newInputStream(file)) {
            assertThat(there).hasSameContentAs(here);
        }
        assertThat(tell(notes)).as("notes of unfinished uploads").isEmpty();
        tester.api().deleteFile(id);
    }

    private static Commands.Result upload(Tester tester, Path file) {
        return tester.stack().command("files", "upload", file.toString());
    }

    private static String tell(Path notes) throws IOException {
        if (!Files.isDirectory(notes)) {
            return "";
        }
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(notes)) {
            List<Path> whole =
                    files.filter(file -> file.toString().endsWith(".json")).toList();
            for (Path file : whole) {
                all.append(Files.exists(file) ? Files.readString(file) : "");
            }
        }
        return all.toString();
    }
}
