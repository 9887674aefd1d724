package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlueprintTest {
    private static final Settings TWO_BACKENDS = new Settings(
            List.of(Backend.parse("a=http://127.0.0.1:1/v1", 1), Backend.parse("b=http://127.0.0.1:2/v1", 2)),
            false,
            List.of("m1", "m2"),
            32,
            2,
            1,
            List.of());

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
    void shouldUseTheSimulatorWithoutABackend() {
        List<ProcessSpec> specs = blueprint(Map.of()).processes(Settings.DEFAULT);

        assertThat(specs).extracting(ProcessSpec::name).isEqualTo(Blueprint.names(Settings.DEFAULT));
        assertThat(specs)
                .extracting(ProcessSpec::name)
                .containsExactly(
                        "local-stack",
                        "local-s3",
                        "inference-sim",
                        "batch-api",
                        "batch-dispatcher-1",
                        "batch-finalizer-1");
        assertThat(named(specs, "batch-dispatcher-1").command())
                .contains("-Dlonghaul.backends.sim.url=http://127.0.0.1:1013/v1");
    }

    @Test
    void shouldHaveEveryProcessEndWhenItsMemoryIsOut() {
        assertThat(blueprint(Map.of()).processes(TWO_BACKENDS))
                .allSatisfy(spec -> assertThat(spec.command()).contains("-XX:+ExitOnOutOfMemoryError"));
    }

    @Test
    void shouldTellEachDispatcherTheBackendsBeforeItsJar() {
        List<ProcessSpec> specs = blueprint(Map.of()).processes(TWO_BACKENDS);

        assertThat(specs)
                .extracting(ProcessSpec::name)
                .doesNotContain("inference-sim")
                .contains("batch-dispatcher-2");
        assertThat(named(specs, "batch-dispatcher-2").command())
                .containsSubsequence(
                        "-Dlonghaul.backends.a.url=http://127.0.0.1:1/v1",
                        "-Dlonghaul.backends.a.models=m1,m2",
                        "-Dlonghaul.backends.a.max-in-flight=32",
                        "-Dlonghaul.backends.b.url=http://127.0.0.1:2/v1",
                        "-jar");
    }

    @Test
    void shouldRunTheSimulatorBesideOtherBackendsWithModelsOfItsOwn() {
        List<ProcessSpec> specs = blueprint(Map.of())
                .processes(new Settings(TWO_BACKENDS.backends(), true, List.of("m1"), 0, 1, 1, List.of()));

        assertThat(specs).extracting(ProcessSpec::name).contains("inference-sim");
        assertThat(named(specs, "batch-dispatcher-1").command())
                .contains("-Dlonghaul.backends.sim.url=http://127.0.0.1:1013/v1", "-Dlonghaul.backends.a.models=m1")
                .doesNotContain("-Dlonghaul.backends.sim.models=m1");
    }

    @Test
    void shouldNameTheVariableOfABackendsKeyAndReplaceTheDispatchersWhenTheKeyChanges() {
        List<ProcessSpec> before = blueprint(Map.of()).processes(keyed("old"));
        List<ProcessSpec> after = blueprint(Map.of()).processes(keyed("new"));

        assertThat(named(before, "batch-dispatcher-1").command())
                .containsSubsequence("-Dlonghaul.backends.a.api-key-env=A_KEY", "-jar")
                .noneMatch(argument -> argument.contains("old"));
        assertThat(changed(before, after)).containsExactly("batch-dispatcher-1");
    }

    @Test
    void shouldNoticeThatTheEnvironmentLacksAKey() {
        assertThat(blueprint(Map.of()).missingKeys(keyed("x"))).containsExactly("A_KEY");
        assertThat(blueprint(Map.of("A_KEY", "x")).missingKeys(keyed("x"))).isEmpty();
    }

    private static Settings keyed(String key) {
        BackendKey inEnvironment =
                BackendKey.in(Map.of("A_KEY", key), "A_KEY").orElseThrow();
        Backend backend = Backend.parse("a=http://127.0.0.1:1/v1", 1).withKey(inEnvironment);
        return new Settings(List.of(backend), false, List.of(), 0, 1, 1, List.of());
    }

    @Test
    void shouldReplaceJustTheDispatchersWhenTheBackendsChange() {
        List<ProcessSpec> before = blueprint(Map.of()).processes(Settings.DEFAULT);
        List<ProcessSpec> after = blueprint(Map.of()).processes(TWO_BACKENDS);

        assertThat(changed(before, after)).containsExactly("batch-dispatcher-1");
    }

    @Test
    void shouldReplaceAProcessWhoseProgramWasRebuilt() throws IOException {
        List<ProcessSpec> before = blueprint(Map.of()).processes(Settings.DEFAULT);

        Files.writeString(Program.BATCH_API.files(root).resolve("longhaul.jar"), "other");

        List<ProcessSpec> after = blueprint(Map.of()).processes(Settings.DEFAULT);
        assertThat(changed(before, after)).containsExactly("batch-api");
    }

    @Test
    void shouldNotReplaceAProcessForOtherJvmFlagsButUseThemAtTheNextStart() {
        ProcessSpec plain = named(blueprint(Map.of()).processes(Settings.DEFAULT), "batch-api");
        Map<String, String> environment =
                Map.of("LONGHAUL_JAVA_OPTS", "-Dx=all", "LONGHAUL_JAVA_OPTS_BATCH_API", "-Xmx1g  -Dx=y");
        ProcessSpec tuned = named(blueprint(environment).processes(Settings.DEFAULT), "batch-api");

        assertThat(tuned.fingerprint()).isEqualTo(plain.fingerprint());
        assertThat(tuned.command()).containsSubsequence("-Xmx256m", "-Dx=all", "-Xmx1g", "-Dx=y", "-jar");
    }

    @Test
    void shouldKeepTheApiKeyOutOfCommandLines() {
        assertThat(blueprint(Map.of()).processes(Settings.DEFAULT))
                .flatExtracting(ProcessSpec::command)
                .noneMatch(argument -> argument.contains("sk-secret"));
    }

    @Test
    void shouldSayWhichProgramHasNotBeenBuilt() {
        DirectoryTree.delete(Program.BATCH_API.files(root));

        assertThatThrownBy(() -> blueprint(Map.of()).processes(Settings.DEFAULT))
                .isInstanceOf(LocalException.class)
                .hasMessageContaining("batch-api has not been built");
    }

    private Blueprint blueprint(Map<String, String> environment) {
        return new Blueprint(
                new Home(root, root.resolve(".longhaul")),
                "sk-secret",
                8700,
                name -> 1000 + name.length(),
                environment);
    }

    private static ProcessSpec named(List<ProcessSpec> specs, String name) {
        return specs.stream()
                .filter(spec -> spec.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The names of those in both whose running process would be replaced. */
    private static List<String> changed(List<ProcessSpec> before, List<ProcessSpec> after) {
        return before.stream()
                .filter(old -> after.stream()
                        .anyMatch(fresh -> fresh.name().equals(old.name())
                                && !fresh.fingerprint().equals(old.fingerprint())))
                .map(ProcessSpec::name)
                .toList();
    }
}
