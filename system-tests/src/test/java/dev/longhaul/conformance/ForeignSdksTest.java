package dev.longhaul.conformance;

import dev.longhaul.system.Servers;
import dev.longhaul.system.Stack;
import dev.longhaul.system.SystemTest;
import dev.longhaul.system.Tester;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OpenAI's SDKs for Node and Python, whose tests are in {@code system-tests/conformance}; both run at once, since both mostly wait. */
@SystemTest
class ForeignSdksTest {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private static CompletableFuture<Void> python = CompletableFuture.completedFuture(null);
    private static CompletableFuture<Void> node = CompletableFuture.completedFuture(null);

    private static @Nullable OtherApi small;

    @BeforeAll
    static void begin(Tester tester) throws SQLException {
        tester.ready();
        small = OtherApi.start(tester, Map.of("LONGHAUL_LIMITS_BATCH_FILE_SIZE", "1M"));
        Stack.Status status = tester.status();
        Map<String, String> environment = Map.of(
                "LONGHAUL_BASE_URL",
                status.api().toString(),
                "LONGHAUL_API_KEY",
                status.apiKey(),
                "LONGHAUL_SMALL_URL",
                small.base() + "/v1",
                "LONGHAUL_EXPIRED_UPLOAD",
                expiredUpload(tester));
        python = CompletableFuture.runAsync(() -> Toolbox.python("python")
                .run(LIMIT, environment, List.of("-W", "ignore::ResourceWarning", "-m", "unittest")));
        node = CompletableFuture.runAsync(() -> Toolbox.node("node").run(LIMIT, environment, List.of("--test")));
    }

    private static String expiredUpload(Tester tester) throws SQLException {
        String id = tester.api().post("/uploads", """
                {"filename":"late.jsonl","purpose":"batch","bytes":1,"mime_type":"application/jsonl"}""").path("id").asText();
        new Servers(tester.stack()).expireUpload(id);
        return id;
    }

    @AfterAll
    static void close() {
        if (small != null) {
            small.close();
        }
    }

    @Test
    void pythonFindsNothingToComplainOf() {
        end(python);
    }

    @Test
    void nodeFindsNothingToComplainOf() {
        end(node);
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
