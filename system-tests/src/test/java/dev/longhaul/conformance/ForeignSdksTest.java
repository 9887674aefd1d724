package dev.longhaul.conformance;

import dev.longhaul.conformance.Toolbox.Program;
import dev.longhaul.system.Stack;
import dev.longhaul.system.SystemTest;
import dev.longhaul.system.Tester;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** OpenAI's SDKs for Node and Python, whose tests are in {@code system-tests/conformance}. */
@SystemTest
class ForeignSdksTest {
    private static final Duration LIMIT = Duration.ofSeconds(100);

    @Test
    void pythonFindsNothingToComplainOf(Tester tester) {
        run(Toolbox.python("python"), tester, "-W", "ignore::ResourceWarning", "-m", "unittest");
    }

    @Test
    void nodeFindsNothingToComplainOf(Tester tester) {
        run(Toolbox.node("node"), tester, "--test");
    }

    private static void run(Program program, Tester tester, String... arguments) {
        Stack.Status status = tester.status();
        program.run(
                LIMIT,
                Map.of("LONGHAUL_BASE_URL", status.api().toString(), "LONGHAUL_API_KEY", status.apiKey()),
                List.of(arguments));
    }
}
