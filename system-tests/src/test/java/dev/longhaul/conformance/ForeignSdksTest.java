package dev.longhaul.conformance;

import dev.longhaul.conformance.Toolbox.Program;
import dev.longhaul.system.Stack;
import dev.longhaul.system.SystemTest;
import dev.longhaul.system.Tester;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OpenAI's SDKs for Node and Python, whose tests are in {@code system-tests/conformance}; both run at once, since both mostly wait. */
@SystemTest
class ForeignSdksTest {
    private static final Duration LIMIT = Duration.ofSeconds(100);

    private static CompletableFuture<Void> python = CompletableFuture.completedFuture(null);
    private static CompletableFuture<Void> node = CompletableFuture.completedFuture(null);

    @BeforeAll
    static void begin(Tester tester) {
        tester.ready();
        python = CompletableFuture.runAsync(
                () -> run(Toolbox.python("python"), tester, "-W", "ignore::ResourceWarning", "-m", "unittest"));
        node = CompletableFuture.runAsync(() -> run(Toolbox.node("node"), tester, "--test"));
    }

    @Test
    void pythonFindsNothingToComplainOf() {
        end(python);
    }

    @Test
    void nodeFindsNothingToComplainOf() {
        end(node);
    }

    private static void run(Program program, Tester tester, String... arguments) {
        Stack.Status status = tester.status();
        program.run(
                LIMIT,
                Map.of("LONGHAUL_BASE_URL", status.api().toString(), "LONGHAUL_API_KEY", status.apiKey()),
                List.of(arguments));
    }

    /** What it threw says whether it failed or was skipped. */
    private static void end(CompletableFuture<Void> run) {
        try {
            run.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw e.getCause() instanceof RuntimeException skipped ? skipped : e;
        }
    }
}
