package dev.longhaul.cli.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Starts and stops processes and knows which of them run. The caller holds the {@link SystemLock}. */
final class Supervisor {
    /** The flag of a JVM that writes down what it loaded when it ends. */
    static final String RECORD = "-XX:AOTMode=record";

    private static final int TAIL_LINES = 25;

    private static final Duration RECORDING_LIMIT = Duration.ofSeconds(40);

    private final Home home;
    private final ProcessNotes notes;
    private final ProcessStarter starter;
    private final Predicate<RunningProcess> isReady;
    private final Consumer<String> say;

    Supervisor(Home home, ProcessStarter starter, Predicate<RunningProcess> isReady, Consumer<String> say) {
        this.home = home;
        this.notes = new ProcessNotes(home.run());
        this.starter = starter;
        this.isReady = isReady;
        this.say = say;
    }

    RunningProcess start(ProcessSpec spec) {
        RunningProcess started = starter.start(spec, home.log(spec.name()));
        notes.write(started);
        return started;
    }

    /**
     * Waits until all are ready.
     *
     * @throws LocalException when one has ended or the time is up, with the end of its log
     */
    void awaitReady(List<RunningProcess> processes, Duration limit) {
        List<RunningProcess> waiting = new ArrayList<>(processes);
        boolean ready = Waiting.until(limit, () -> {
            waiting.removeIf(isReady);
            waiting.stream().filter(process -> !process.isAlive()).findFirst().ifPresent(dead -> {
                throw new LocalException(dead.name() + " ended before it was ready" + tail(dead));
            });
            return waiting.isEmpty();
        });
        if (!ready) {
            RunningProcess first = waiting.getFirst();
            throw new LocalException(first.name() + " is not ready after " + limit.toSeconds() + " s" + tail(first));
        }
    }

    /** Stops them together: SIGTERM, and SIGKILL for those that have not ended in time. */
    void stop(List<RunningProcess> processes, Duration usualLimit) {
        List<RunningProcess> running =
                processes.stream().filter(RunningProcess::isAlive).toList();
        boolean recording = running.stream().anyMatch(RunningProcess::recording);
        Duration limit = recording ? usualLimit.plus(RECORDING_LIMIT) : usualLimit;
        running.forEach(process -> process.identity().terminate());
        if (!Waiting.until(limit, () -> running.stream().noneMatch(RunningProcess::isAlive))) {
            running.stream().filter(RunningProcess::isAlive).forEach(process -> {
                say.accept(process.name() + " (process " + process.pid() + ") did not end within " + limit.toSeconds()
                        + " s, killing it");
                killWithChildren(process);
            });
            Waiting.until(limit, () -> running.stream().noneMatch(RunningProcess::isAlive));
        }
        processes.forEach(process -> notes.delete(process.name()));
    }

    /** The local stack has PostgreSQL as a child, which would hold data and port: it may end in good order. */
    static void killWithChildren(RunningProcess process) {
        List<ProcessHandle> children = ProcessHandle.of(process.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .toList();
        process.identity().kill();
        children.forEach(ProcessHandle::destroy);
    }

    private String tail(RunningProcess process) {
        List<String> lines = new LogFile(home.log(process.name()))
                .tail(TAIL_LINES, process.logOffset()).stream()
                        .map(LogLine::readable)
                        .toList();
        String where = " (log: " + home.log(process.name()) + ")";
        return lines.isEmpty() ? where : where + ":\n  " + String.join("\n  ", lines);
    }
}
