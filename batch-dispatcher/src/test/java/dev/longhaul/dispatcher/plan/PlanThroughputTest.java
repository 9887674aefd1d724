package dev.longhaul.dispatcher.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Prints how fast one core plans: {@code mvn test -Dexcluded.groups= -Dtest=PlanThroughputTest}. */
@Tag("scale")
class PlanThroughputTest {
    private static final int LINES = 100_000;
    private static final int ROUNDS = 8;

    @Test
    void plansAtLeastAHundredMegabytesASecondPerCore() throws IOException {
        byte[] file = chatLines();
        double best = 0;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int round = 0; round < ROUNDS; round++) {
            long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
            long start = threads.getCurrentThreadCpuTime();
            PlanOutcome outcome = new InputPlanner(PlanLimits.DEFAULT)
                    .plan(
                            new PlanRequest(
                                    () -> new ByteArrayInputStream(file),
                                    file.length,
                                    PlanTester.CHAT,
                                    m -> true,
                                    false),
                            portion -> {},
                            (read, toRead) -> {},
                            () -> false);
            long nanos = threads.getCurrentThreadCpuTime() - start;
            long allocated = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
            assertThat(outcome).isInstanceOf(PlanOutcome.Valid.class);
            double rate = file.length * 1e3 / nanos;
            best = Math.max(best, rate);
            System.out.printf(
                    "%d lines, %.0f MB: %.0f MB/s of CPU time, %.2f us and %d bytes allocated a line%n",
                    LINES, file.length / 1e6, rate, nanos / 1e3 / LINES, allocated / LINES);
        }
        assertThat(best).isGreaterThan(100);
    }

    @Test
    void aFileBeyondTheDefaultBudgetTakesASecondPass() throws IOException {
        int lines = 14_000_000;
        ManyLines first = new ManyLines(lines);
        long bytes = first.transferTo(OutputStream.nullOutputStream());
        AtomicInteger opened = new AtomicInteger();
        long start = System.nanoTime();

        PlanOutcome outcome = new InputPlanner(PlanLimits.DEFAULT)
                .plan(
                        new PlanRequest(
                                () -> {
                                    opened.incrementAndGet();
                                    return new ManyLines(lines);
                                },
                                bytes,
                                PlanTester.CHAT,
                                m -> true,
                                false),
                        portion -> {},
                        (read, toRead) -> {},
                        () -> false);

        System.out.printf(
                "%d lines, %.0f MB, %d passes: %.1f s%n",
                lines, bytes / 1e6, opened.get(), (System.nanoTime() - start) / 1e9);
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        PlanOutcome.Valid.class,
                        valid -> assertThat(valid.lines()).isEqualTo(lines));
        // Now and then one hash passes for another, and a third pass decides.
        assertThat(opened.get()).isBetween(2, 3);
    }

    /** Short lines, made as they are asked for. */
    private static final class ManyLines extends InputStream {
        private static final int DIGITS = 8;

        private final byte[] line = (PlanTester.chat("0".repeat(DIGITS)) + "\n").getBytes(UTF_8);
        private final int id = PlanTester.chat("").indexOf("\"\"") + 1;
        private final int lines;
        private int number;
        private int at = line.length;

        ManyLines(int lines) {
            this.lines = lines;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            int filled = 0;
            while (filled < length && (at < line.length || number < lines)) {
                if (at == line.length) {
                    nextLine();
                }
                int count = Math.min(length - filled, line.length - at);
                System.arraycopy(line, at, into, offset + filled, count);
                at += count;
                filled += count;
            }
            return filled == 0 ? -1 : filled;
        }

        private void nextLine() {
            int rest = number++;
            for (int i = id + DIGITS - 1; i >= id; i--) {
                line[i] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
            at = 0;
        }
    }

    private static byte[] chatLines() {
        String text = "The quick brown fox jumps over the lazy dog; it\\u0027s said \\\"often\\\".\\n".repeat(12);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < LINES; i++) {
            out.writeBytes(("{\"custom_id\": \"request-" + i
                            + "\", \"method\": \"POST\", \"url\": \"/v1/chat/completions\", \"body\": "
                            + "{\"model\": \"m\", \"messages\": [{\"role\": \"system\", \"content\": \"You are a helpful assistant.\"}, "
                            + "{\"role\": \"user\", \"content\": \"" + text
                            + "\"}], \"max_tokens\": 1000, \"temperature\": 0.7}}\n")
                    .getBytes(UTF_8));
        }
        return out.toByteArray();
    }
}
