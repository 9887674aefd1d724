package dev.longhaul.dispatcher.plan;

import static dev.longhaul.dispatcher.plan.PlanTester.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PlanMemoryTest {
    private static final int LINES = 280_000;
    private static final int LINE_BYTES = 1100;
    private static final long FILE_BYTES = (long) LINES * LINE_BYTES;

    @Test
    void slicesOfALargeFileLeaveWhileItIsRead() throws IOException {
        AtomicLong produced = new AtomicLong();
        AtomicLong planned = new AtomicLong();
        AtomicLong mostHeld = new AtomicLong();
        AtomicLong opened = new AtomicLong();
        PlanLimits limits = new PlanLimits(1_000_000, 32 << 20, 64, 64 << 10, 512 << 10, Long.MAX_VALUE);

        PlanOutcome outcome = new InputPlanner(limits)
                .plan(
                        new PlanRequest(
                                () -> generated(opened.incrementAndGet() == 1 ? produced : new AtomicLong()),
                                FILE_BYTES,
                                PlanTester.CHAT,
                                m -> true,
                                false),
                        portion -> {
                            planned.set(portion.getLast().offset()
                                    + portion.getLast().length());
                            mostHeld.accumulateAndGet(
                                    produced.get() - portion.getFirst().offset(), Math::max);
                        },
                        (read, toRead) -> {},
                        () -> false);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        PlanOutcome.Valid.class,
                        valid -> assertThat(valid.bytes()).isEqualTo(FILE_BYTES));
        assertThat(planned).hasValue(FILE_BYTES);
        // What was read and has not left is at most one portion of slices (their numbers, not their bytes) and a
        // buffer.
        assertThat(mostHeld.get()).isLessThan(256L * (64 << 10) + (1 << 20));
        // 98,304 hashes fit into the budget.
        assertThat(opened).hasValue(3);
    }

    @Test
    void anEndlessLineIsPassedOverWithoutBeingHeld() throws IOException {
        long bytes = 300L << 20;
        PlanLimits limits = new PlanLimits(10, 1 << 20, 64, 64 << 10, 1 << 10, Long.MAX_VALUE);

        PlanOutcome outcome = new InputPlanner(limits)
                .plan(
                        new PlanRequest(() -> repeated((byte) 'x', bytes), bytes, PlanTester.CHAT, m -> true, false),
                        portion -> {},
                        (read, toRead) -> {},
                        () -> false);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        PlanOutcome.Invalid.class,
                        invalid -> assertThat(invalid.problems())
                                .singleElement()
                                .satisfies(
                                        problem -> assertThat(problem.message()).contains("too long")));
    }

    /** Lines made as they are asked for; counts what it gave out. */
    private static InputStream generated(AtomicLong produced) {
        return new InputStream() {
            private byte[] line = {};
            private int at;
            private int number;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                if (at == line.length) {
                    if (number == LINES) {
                        return -1;
                    }
                    String start = chat("request-" + number++);
                    String padding = "\"user\":\"" + "x".repeat(LINE_BYTES - start.length() - 11) + "\",";
                    line = (start.replace("\"messages\"", padding + "\"messages\"") + "\n").getBytes(UTF_8);
                    at = 0;
                }
                int count = Math.min(length, line.length - at);
                System.arraycopy(line, at, into, offset, count);
                at += count;
                produced.addAndGet(count);
                return count;
            }
        };
    }

    private static InputStream repeated(byte value, long bytes) {
        return new InputStream() {
            private long left = bytes;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                if (left == 0) {
                    return -1;
                }
                int count = (int) Math.min(length, left);
                Arrays.fill(into, offset, offset + count, value);
                left -= count;
                return count;
            }
        };
    }
}
