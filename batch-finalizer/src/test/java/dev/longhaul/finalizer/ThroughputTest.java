package dev.longhaul.finalizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.longhaul.finalizer.FinalizerTester.TestBatch;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.LineOutcome;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Measures; run it with {@code -Dexcluded.groups= -Dtest=ThroughputTest}. */
@Tag("scale")
class ThroughputTest {
    private static final int LINES = 500;

    private final FinalizerTester tester = FinalizerTester.shared();

    @Test
    void shouldSpendLittleOnALine() throws Exception {
        int slices = Integer.getInteger("slices", 2_000);
        TestBatch batch =
                tester.batch(0, IntStream.range(0, slices).map(i -> LINES).toArray());
        int[] lines = IntStream.range(0, LINES).toArray();
        String body = "x".repeat(700);
        for (int seq = 0; seq < slices; seq++) {
            for (int from = 0; from < LINES; from += 100) {
                batch.produce(
                        seq,
                        LineOutcome.COMPLETED,
                        line -> line + body + "\n",
                        Arrays.copyOfRange(lines, from, from + 100));
            }
        }
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long begin = System.nanoTime();
        long cpu = system.getProcessCpuTime();
        try (Finalizer finalizer = tester.finalizer("checkpoint-every", "1s")) {
            finalizer.start();
            Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> batch.status() == BatchStatus.COMPLETED);
            double total = slices * (double) LINES;
            System.out.printf(
                    "MEASURED %.0f lines, %.0f lines/s, process %.2f us a line (broker in it), loop thread %.2f us a line%n",
                    total,
                    total / ((System.nanoTime() - begin) / 1e9),
                    (system.getProcessCpuTime() - cpu) / 1e3 / total,
                    loopCpu() / 1e3 / total);
        }
        assertThat(batch.row().getLong("lines_completed")).isEqualTo((long) slices * LINES);
    }

    @Test
    void shouldCompleteOneLineBatchesAtOnce() throws Exception {
        try (Finalizer finalizer = tester.finalizer("settle-every", "3s", "checkpoint-every", "1s")) {
            finalizer.start();
            double[] millis = new double[300];
            for (int i = 0; i < millis.length; i++) {
                TestBatch batch = tester.batch(0, 1);
                long begin = System.nanoTime();
                batch.produce(0, LineOutcome.COMPLETED, 0);
                while (batch.status() != BatchStatus.COMPLETED) {
                    Thread.onSpinWait();
                }
                millis[i] = (System.nanoTime() - begin) / 1e6;
            }
            double[] warm = Arrays.copyOfRange(millis, 100, 300);
            Arrays.sort(warm);
            System.out.printf("MEASURED produce to completed: p50 %.1f ms, p95 %.1f ms%n", warm[100], warm[190]);
            assertThat(warm[100]).isLessThan(200);
        }
    }

    private static long loopCpu() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(info -> info != null && info.getThreadName().equals("results-loop"))
                .mapToLong(info -> threads.getThreadCpuTime(info.getThreadId()))
                .sum();
    }
}
