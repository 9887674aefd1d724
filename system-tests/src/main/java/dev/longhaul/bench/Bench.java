package dev.longhaul.bench;

import dev.longhaul.system.Api;
import dev.longhaul.system.Batch;
import dev.longhaul.system.ResultCheck;
import dev.longhaul.system.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What all benchmarks share.
 *
 * @param directory of its stack and files
 * @param runs that count
 * @param quick whether small ones do
 */
record Bench(Path directory, int runs, boolean quick) {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    /** Often, since the API is warmed up by what it is asked. */
    private static final Duration WARM_UP_POLL = Duration.ofMillis(5);

    Bench {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A measurement that may not count. */
    @FunctionalInterface
    interface Run<T> {
        T run() throws Exception;
    }

    void say(String message) {
        System.out.println(message);
    }

    int lines(int lines) {
        return quick ? Math.max(1, lines / 10) : lines;
    }

    /** A fresh stack, to be closed. */
    Stack stack(String... options) {
        Stack stack = new Stack(directory.resolve("stack"), Map.of());
        stack.reset();
        return stack.up(options);
    }

    /** Services run for weeks: what counts is their speed when the JVMs have compiled what is hot, so many batches later. */
    void warmUp(Api api, String fileId, int lines, int batches) throws InterruptedException {
        for (int i = 1; i <= (quick ? 1 : batches); i++) {
            double rate = lines / seconds(api, fileId, lines, Duration.ZERO, WARM_UP_POLL);
            say("  warm-up %d of %d: %.0f lines/s".formatted(i, batches, rate));
        }
    }

    /** Runs once for nothing and then as often as asked for. */
    <T> List<T> repeat(String what, Run<T> run) throws Exception {
        List<T> results = new ArrayList<>();
        say("  warm-up: " + run.run());
        for (int i = 1; i <= runs; i++) {
            results.add(run.run());
            say("  %s, run %d of %d: %s".formatted(what, i, runs, results.getLast()));
        }
        return results;
    }

    /**
     * Seconds from create's answer to `completed`, as a client sees it that polls; the files are checked after that.
     *
     * @param quiet before the first poll: a client on the same cores slows down what it looks at
     */
    double seconds(Api api, String fileId, int lines, Duration quiet, Duration poll) throws InterruptedException {
        Batch created = api.create(fileId);
        long begin = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(quiet.toNanos());
        Batch ended = api.await(created.id(), poll, LIMIT, Batch::ended);
        double seconds = (System.nanoTime() - begin) / 1e9;
        check(api, ended, lines);
        return seconds;
    }

    static void check(Api api, Batch ended, int lines) {
        if (!ended.status().equals("completed")) {
            throw new IllegalStateException("the batch did not complete: " + ended.json());
        }
        ResultCheck.Summary summary = ResultCheck.of(api, ended, lines);
        if (summary.output() != lines || ended.completed() != lines) {
            throw new IllegalStateException("lines failed: " + summary + " " + ended.json());
        }
    }
}
