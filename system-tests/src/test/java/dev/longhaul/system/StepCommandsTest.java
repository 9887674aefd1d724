package dev.longhaul.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that do one step each, the launcher, and what is left after a stop. */
@SystemTest
class StepCommandsTest {
    private static final int LINES = 600;
    private static final String[] SUBMIT = {"--metadata", "for=steps", "--max-errors", "90%", "--window", "1h"};

    @TempDir
    Path directory;

    private String submit(Tester tester) {
        Path input = ChatLines.of(LINES).file(directory.resolve("input.jsonl"));
        List<String> command = new ArrayList<>(List.of("submit", "--input", input.toString()));
        command.addAll(List.of(SUBMIT));
        return longhaul(tester, command.toArray(String[]::new));
    }

    /** What a command prints that has to succeed. */
    private static String longhaul(Tester tester, String... command) {
        return tester.stack().command(command).orThrow().strip();
    }

    @Test
    void aBatchIsSubmittedShownPausedResumedWatchedRetriedAndDownloaded(Tester tester) throws Exception {
        // Slow enough for three commands to find it running.
        tester.simulator().behave(Map.of("latency_ms", 3_000, "error_rate", 0.3, "error_status", 400));
        String id = submit(tester);
        tester.await(tester.api().batch(id), batch -> batch.completed() > 0);

        assertThat(longhaul(tester, "pause", id)).isEqualTo(id + " is in_progress, paused");
        assertThat(longhaul(tester, "list", "--status", "in_progress")).contains(id + "  ");
        JsonNode shown = Json.parse(longhaul(tester, "show", id));
        assertThat(shown.at("/metadata/for").asText()).isEqualTo("steps");
        assertThat(shown.path("max_errors").asText()).isEqualTo("90%");
        tester.simulator().behave(Map.of("error_rate", 0.3, "error_status", 400));
        assertThat(longhaul(tester, "resume", id)).isEqualTo(id + " is in_progress");
        Commands.Result watched = tester.stack().command("watch", id);
        assertThat(watched.exitCode()).as(watched.err()).isEqualTo(3);
        assertThat(watched.out()).startsWith(id + " completed");

        Path output = directory.resolve("output.jsonl");
        assertThat(tester.stack()
                        .command("download", id, "--output", output.toString())
                        .exitCode())
                .isEqualTo(3);
        List<String> failed = Files.readAllLines(directory.resolve("output.jsonl.errors.jsonl"));
        assertThat(Files.readAllLines(output)).hasSize(LINES - failed.size());
        assertThat(longhaul(tester, "results", id, "--errors").lines()).hasSameSizeAs(failed);

        tester.simulator().behave(Map.of("hang_rate", 1));
        String retry = longhaul(tester, "retry", id);
        assertThat(longhaul(tester, "cancel", retry)).isEqualTo(retry + " is cancelling");
        assertThat(tester.stack().command("watch", retry).exitCode()).isEqualTo(5);
        assertThat(tester.api().batch(retry).json().path("retry_of").asText()).isEqualTo(id);
    }

    @Test
    void aKeyOfTheCommandLineWorksUntilItIsRevoked(Tester tester) {
        String key = longhaul(tester, "keys", "create", "steps", "--tenant", "steps-test");
        String[] ids =
                longhaul(tester, "keys", "list", "--tenant", "steps-test").split(" ", 2);

        Api api = new Api(tester.stack().status().api(), key);
        assertThat(api.list("/batches").path("data")).isEmpty();
        longhaul(tester, "keys", "revoke", ids[0]);

        assertThat(catchThrowableOfType(Api.Refused.class, () -> api.list("/batches"))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void whatWasDoneIsThereAfterDownAndUp(Tester tester) {
        ChatLines lines = ChatLines.of(20);
        Batch before = tester.end(tester.start(lines));
        Batch running;
        tester.simulator().behave(Map.of("hang_rate", 1));
        running = tester.start(lines);

        tester.down();
        assertThat(tester.status().members()).allMatch(member -> member.pid() == 0);
        tester.upAgain();

        assertThat(tester.api().batch(before.id()).json()).isEqualTo(before.json());
        assertThat(tester.check(before, lines).output()).isEqualTo(20);
        assertThat(tester.end(running).completed()).isEqualTo(20);
    }

    @Test
    void theLauncherFindsWhatItNeedsAndRunsTheCommand(Tester tester) {
        Map<String, String> environment =
                Map.of("LONGHAUL_DATA", tester.stack().data().toString());

        Commands.Result version = launcher(environment, "--version");
        Commands.Result status = launcher(environment, "status", "--json");

        assertThat(version.orThrow()).startsWith("longhaul ");
        assertThat(Json.parse(status.orThrow()).path("processes").findValuesAsText("name"))
                .contains("local-stack", "postgres", Tester.API, Tester.FINALIZER);
        assertThat(Commands.run(
                                Duration.ofMinutes(1),
                                Map.of("LONGHAUL_JAVA_HOME", directory.toString()),
                                List.of(Stack.root().resolve("longhaul").toString(), "--version"))
                        .err())
                .contains("LONGHAUL_JAVA_HOME is " + directory + ", which is no JDK 25 or newer.");
    }

    private static Commands.Result launcher(Map<String, String> environment, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(Stack.root().resolve("longhaul").toString()));
        command.addAll(List.of(arguments));
        return Commands.run(Duration.ofMinutes(1), environment, command);
    }
}
