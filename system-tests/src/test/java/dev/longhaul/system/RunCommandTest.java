package dev.longhaul.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job, as the guide tells it: {@code run} with the files of examples/. */
@SystemTest
class RunCommandTest {
    private static final Path EXAMPLES = Stack.root().resolve("examples");

    @TempDir
    Path directory;

    @Test
    void embeddingsOfNearTextsAreNear(Tester tester) throws IOException {
        Path output = directory.resolve("output.jsonl");

        Commands.Result result = run(tester, EXAMPLES.resolve("embeddings.jsonl"), output);

        assertThat(result.exitCode()).as(result.err()).isZero();
        Map<String, double[]> vectors = new HashMap<>();
        for (String line : Files.readAllLines(output)) {
            JsonNode node = Json.parse(line);
            vectors.put(node.path("custom_id").asText(), Vectors.unit(node.at("/response/body/data/0/embedding")));
        }
        assertThat(vectors)
                .hasSize(
                        Files.readAllLines(EXAMPLES.resolve("embeddings.jsonl")).size());
        long near = vectors.keySet().stream()
                .filter(id -> topic(Vectors.nearest(vectors, id)).equals(topic(id)))
                .count();
        assertThat(near).as("texts whose nearest other text has their topic").isGreaterThan(vectors.size() / 2);
    }

    @Test
    void linesThatFailedAreInTheErrorFileAndSaidByTheExitCode(Tester tester) throws IOException {
        Path output = directory.resolve("output.jsonl");
        Path errors = directory.resolve("errors.jsonl");

        Commands.Result result = tester.stack()
                .command(
                        "run",
                        "--input",
                        EXAMPLES.resolve("chat-with-errors.jsonl").toString(),
                        "--output",
                        output.toString(),
                        "--errors",
                        errors.toString());

        assertThat(result.exitCode()).as(result.err()).isEqualTo(3);
        long deliberate = Files.readAllLines(EXAMPLES.resolve("chat-with-errors.jsonl")).stream()
                .filter(line -> line.contains("sim:status="))
                .count();
        assertThat(Files.readAllLines(errors)).hasSize((int) deliberate).allMatch(line -> line.contains("status_code"));
        assertThat(Files.readAllLines(output)).hasSize(40 - (int) deliberate);
    }

    @Test
    void aMissingInputIsAWrongArgument(Tester tester) {
        Commands.Result result = run(tester, directory.resolve("nowhere.jsonl"), directory.resolve("output.jsonl"));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("nowhere.jsonl");
    }

    @Test
    void anInputThatIsRefusedIsSaidByTheExitCode(Tester tester) throws IOException {
        Path input = Files.writeString(directory.resolve("input.jsonl"), """
                {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"messages":[]}}
                """);

        Commands.Result result = run(tester, input, directory.resolve("output.jsonl"));

        assertThat(result.exitCode()).as(result.err()).isEqualTo(4);
        assertThat(result.err()).contains("Model parameter is required");
    }

    @Test
    void aWindowThatEndsIsSaidByTheExitCode(Tester tester) {
        tester.simulator().behave(Map.of("hang_rate", 1));
        Path input = ChatLines.of(3).file(directory.resolve("input.jsonl"));
        Path output = directory.resolve("output.jsonl");

        Commands.Result result = tester.stack()
                .command("run", "--input", input.toString(), "--output", output.toString(), "--window", "10s");

        assertThat(result.exitCode()).as(result.err()).isEqualTo(5);
        assertThat(directory.resolve("output.jsonl.errors.jsonl")).content().contains("batch_expired");
    }

    private static Commands.Result run(Tester tester, Path input, Path output) {
        return tester.stack().command("run", "--input", input.toString(), "--output", output.toString());
    }

    private static String topic(String id) {
        return id.substring(0, id.lastIndexOf('-'));
    }
}
