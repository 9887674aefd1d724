package dev.longhaul.dispatcher.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
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
