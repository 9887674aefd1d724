package dev.longhaul.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longhaul.system.Json;
import dev.longhaul.system.SystemTest;
import dev.longhaul.system.Tester;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Schemathesis, led by the OpenAPI document through every operation and, by its links, from one to the next: no fault of ours, no
 * answer that the document doesn't know, no hang. Its reports must say that it got everywhere. Left out are checks that know better
 * than the service: unknown keys pass here, a schema can't say that a file must be JSON, and what was created under an
 * {@code Idempotency-Key} may have been deleted when that key comes again.
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
    private static final Pattern COMPLETION_WITH_A_PART = Pattern.compile("\"part_ids\": ?\\[\"part_[0-9a-f]{32}\"]");
    /** Test cases of each operation and phase. Counted, not timed: a slow machine gets as far as a fast one. */
    private static final int CASES = 15;
    /** Ways through the operations of uploads; one in about twenty is whole. */
    private static final int WAYS = 100;

    private static final int MOST_SEEDS = 10;
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Duration HANGS = Duration.ofSeconds(20);

    private Toolbox.Program fuzzer;

    @BeforeEach
    void install() {
        fuzzer = Toolbox.python("fuzz");
    }

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
    void noOperationFailsOrSaysWhatTheDocumentDoesNotKnow(Tester tester) throws IOException {
        Path verdict = fuzzer.home().resolve("verdict.json");

        fuzz(tester, 1, CASES, "--report-json-path=" + verdict);

        JsonNode report = Json.parse(Files.readAllBytes(verdict));
        JsonNode operations = report.path("operations");
        assertThat(operations.path("tested").asInt())
                .as("operations that were asked")
                .isPositive()
                .isEqualTo(operations.path("total").asInt());
        assertThat(report.at("/phases/stateful/status").asText())
                .as("the phase that follows links")
                .isEqualTo("success");
    }

    /** So long a way is found by chance, where there are few others. */
    @Test
    void anUploadIsFollowedFromItsPartToItsCompletion(Tester tester) throws IOException {
        Path events = fuzzer.home().resolve("uploads.ndjson");
        String all = "";

        for (int seed = 1; seed <= MOST_SEEDS && !isWhole(all); seed++) {
            fuzz(
                    tester,
                    seed,
                    WAYS,
                    "--phases=stateful",
                    "--mode=positive",
                    "--include-operation-id=createUpload",
                    "--include-operation-id=addUploadPart",
                    "--include-operation-id=completeUpload",
                    "--report-ndjson-path=" + events);
            all = Files.readString(events);
        }

        assertThat(isWhole(all)).as("a completion that names a part").isTrue();
    }

    private static boolean isWhole(String events) {
        return COMPLETION_WITH_A_PART.matcher(events).find();
    }

    private void fuzz(Tester tester, int seed, int cases, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "-m",
                "schemathesis.cli",
                "run",
                tester.status().api().resolve("/openapi.json").toString(),
                "--header=Authorization: Bearer " + tester.status().apiKey(),
                "--checks=" + CHECKS,
                "--seed=" + seed,
                "--max-examples=" + cases,
                "--request-timeout=" + HANGS.toSeconds(),
                "--generation-database=none",
                "--suppress-health-check=all",
                "--continue-on-failure",
                "--warnings=off",
                "--no-color"));
        arguments.addAll(List.of(more));
        fuzzer.run(LIMIT, Map.of(), arguments);
    }
}
