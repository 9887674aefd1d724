package dev.longhaul.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds the result files of a batch of {@link ChatLines} against what was asked, line by line: ids unique, every line in
 * exactly one of both files, each answer that of its own question.
 */
public final class ResultCheck {
    private final BitSet seen = new BitSet();
    private final Set<String> ids = new HashSet<>();
    private final Map<String, Integer> errors = new TreeMap<>();
    private final int lines;
    private int output;

    /**
     * What was in the files.
     *
     * @param output lines of the output file
     * @param errors lines of the error file, by status code or error code
     */
    public record Summary(int output, Map<String, Integer> errors) {}

    private ResultCheck(int lines) {
        this.lines = lines;
    }

    /**
     * Reads both files of an ended batch.
     *
     * @param lines that its input had
     * @throws IllegalStateException with what is wrong first
     */
    public static Summary of(Api api, Batch batch, int lines) {
        ResultCheck check = new ResultCheck(lines);
        check.read(api, batch.outputFileId(), check::outputLine);
        check.read(api, batch.errorFileId(), check::errorLine);
        require(
                check.seen.cardinality() == lines,
                "of " + lines + " lines, " + check.seen.cardinality()
                        + " are in the files; the first that is missing is " + check.seen.nextClearBit(0));
        return new Summary(check.output, check.errors);
    }

    private interface LineReader {
        void read(JsonNode line);
    }

    private void read(Api api, @Nullable String fileId, LineReader each) {
        if (fileId == null) {
            return;
        }
        try (InputStream content = api.content(fileId);
                // A decoder, unlike a charset, refuses what is not UTF-8.
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(content, StandardCharsets.UTF_8.newDecoder()))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                each.read(Json.parseStrictly(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int common(JsonNode line) {
        String id = line.path("id").asText();
        require(id.startsWith("batch_req_") && ids.add(id), "the id of a result is no new one: " + line);
        int number = ChatLines.number(line.path("custom_id").asText());
        require(number >= 0 && number < lines, "a result for a line that was not asked for: " + line);
        require(!seen.get(number), "a second result for one line: " + line);
        seen.set(number);
        return number;
    }

    private void outputLine(JsonNode line) {
        int number = common(line);
        output++;
        JsonNode response = line.path("response");
        String answer = response.path("body")
                .path("choices")
                .path(0)
                .path("message")
                .path("content")
                .asText();
        require(
                response.path("status_code").asInt() == 200
                        && line.path("error").isNull(),
                "no good answer: " + line);
        require(answer.startsWith("Echo: " + ChatLines.question(number)), "the answer to another question: " + line);
    }

    private void errorLine(JsonNode line) {
        common(line);
        boolean answered = line.path("response").isObject();
        require(answered != line.path("error").isObject(), "neither an answer nor a reason: " + line);
        JsonNode reason = answered
                ? line.path("response").path("status_code")
                : line.path("error").path("code");
        errors.merge(reason.asText(), 1, Integer::sum);
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new IllegalStateException(problem);
        }
    }
}
