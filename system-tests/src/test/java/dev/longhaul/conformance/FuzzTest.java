package dev.longhaul.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longhaul.system.Json;
import dev.longhaul.system.SystemTest;
import dev.longhaul.system.Tester;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Schemathesis, led by the OpenAPI document through every operation and from one to the next: no fault of ours, no answer that the
 * document doesn't know, no hang. Left out are checks that know better than the service: unknown keys pass here, a schema can't say that
 * a file must be JSON, and what was created under an {@code Idempotency-Key} may have been deleted when that key comes again.
 */
@SystemTest
class FuzzTest {
    private static final String CHECKS = String.join(
            ",",
            "not_a_server_error",
            "status_code_conformance",
            "content_type_conformance",
            "response_headers_conformance",
            "response_schema_conformance",
            "unsupported_method",
            "allow_header_conformance",
            "use_after_free",
            "ignored_auth");
    private static final Duration BUDGET = Duration.ofSeconds(20);
    private static final Duration LIMIT = Duration.ofSeconds(110);
    private static final Duration HANGS = Duration.ofSeconds(20);

    /** Whoever calls everything with an operator's key may also set the limits of the tenant that all tests share. */
    @AfterEach
    void resetLimits(Tester tester) {
        List<String> limits = List.of("files", "bytes", "enqueued_batches", "enqueued_lines", "batches_per_hour");
        ObjectNode all = Json.object();
        limits.forEach(limit -> all.put(limit, "default"));
        assertThat(tester.api()
                        .post("/tenants/default/limits", all)
                        .path("tenant")
                        .asText())
                .isEqualTo("default");
    }

    @Test
    void noOperationFailsOrSaysWhatTheDocumentDoesNotKnow(Tester tester) {
        Toolbox.python("fuzz")
                .run(
                        LIMIT,
                        Map.of(),
                        List.of(
                                "-m",
                                "schemathesis.cli",
                                "run",
                                tester.status().api().resolve("/openapi.json").toString(),
                                "--header=Authorization: Bearer "
                                        + tester.status().apiKey(),
                                "--checks=" + CHECKS,
                                "--seed=1",
                                "--max-time=" + BUDGET.toSeconds(),
                                "--request-timeout=" + HANGS.toSeconds(),
                                "--generation-database=none",
                                "--suppress-health-check=all",
                                "--continue-on-failure",
                                "--warnings=off",
                                "--no-color"));
    }
}
