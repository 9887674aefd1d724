package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SupervisorTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path directory = Path.of("");

    private final List<String> said = new ArrayList<>();
    private Home home = new Home(directory, directory);

    @BeforeEach
    void createHome() {
        home = new Home(directory, directory.resolve("home with a space")).create();
    }

    @AfterEach
    void killWhatATestLeft() {
        new ProcessNotes(home.run())
                .alive()
                .forEach(process -> process.identity().kill());
    }

    static Stream<ProcessStarter> starters() {
        return Stream.of(ProcessStarter.forThisSystem(), ProcessStarter.withJobControl());
    }

    @ParameterizedTest
    @MethodSource("starters")
    void shouldStartAProcessThatIsReadyWhenItSaysSoAndStopsOnRequest(ProcessStarter starter) {
        Supervisor supervisor = supervisor(starter);

        RunningProcess process = supervisor.start(tiny("serve"));
        supervisor.awaitReady(List.of(process), LIMIT);

        assertThat(new ProcessNotes(home.run()).alive()).containsExactly(process);
        supervisor.stop(List.of(process), LIMIT);
        assertThat(process.isAlive()).isFalse();
        assertThat(new ProcessNotes(home.run()).alive()).isEmpty();
        assertThat(said).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("starters")
    void shouldStartItInAProcessGroupOfItsOwnSoThatCtrlCDoesNotReachIt(ProcessStarter starter) throws IOException {
        RunningProcess process = supervisor(starter).start(tiny("serve"));

        assertThat(processGroup(process.pid())).isEqualTo(process.pid());
    }

    @Test
    void shouldTellTheEndOfTheLogOfAProcessThatEndsAtOnce() {
        Supervisor supervisor = supervisor(ProcessStarter.forThisSystem());

        assertThatThrownBy(() -> supervisor.awaitReady(List.of(supervisor.start(tiny("fail"))), LIMIT))
                .isInstanceOf(LocalException.class)
                .hasMessageContaining("tiny ended before it was ready")
                .hasMessageContaining("the disk is on fire");
    }

    @Test
    void shouldNotTakeTheReadyLineOfAnEarlierRunForThisOne() throws IOException {
        Files.writeString(home.log("tiny"), "ready\n");
        Supervisor supervisor = supervisor(ProcessStarter.forThisSystem());

        assertThatThrownBy(() -> supervisor.awaitReady(List.of(supervisor.start(tiny("fail"))), LIMIT))
                .isInstanceOf(LocalException.class);
    }

    @Test
    void shouldKillAProcessThatDoesNotEndInTimeAndSaySo() {
        Supervisor supervisor = supervisor(ProcessStarter.forThisSystem());
        RunningProcess process = supervisor.start(tiny("deaf"));
        supervisor.awaitReady(List.of(process), LIMIT);

        supervisor.stop(List.of(process), Duration.ofMillis(300));

        assertThat(process.isAlive()).isFalse();
        assertThat(said).singleElement().asString().contains("tiny").contains("killing it");
    }

    @Test
    void shouldSeeThatAProcessWasKilledByAnother() {
        Supervisor supervisor = supervisor(ProcessStarter.forThisSystem());
        RunningProcess process = supervisor.start(tiny("serve"));
        supervisor.awaitReady(List.of(process), LIMIT);

        ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();

        assertThat(Waiting.until(LIMIT, () -> !process.isAlive())).isTrue();
        assertThat(new ProcessNotes(home.run()).alive("tiny")).isEmpty();
    }

    private Supervisor supervisor(ProcessStarter starter) {
        return new Supervisor(home, starter, new ReadinessProbe(home)::isReady, said::add);
    }

    private ProcessSpec tiny(String behaviour) {
        int port = Ports.load(home.ports()).freeFor("tiny");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TinyServer.class.getName(),
                behaviour,
                Integer.toString(port));
        return new ProcessSpec("tiny", command, Map.of(), port, "", "fingerprint");
    }

    private static long processGroup(long pid) throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", "pgid=", "-p", Long.toString(pid)).start();
        return Long.parseLong(
                new String(ps.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip());
    }
}
