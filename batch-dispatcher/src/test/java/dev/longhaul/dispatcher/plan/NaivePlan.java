package dev.longhaul.dispatcher.plan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The plan of a small chat file as the contract reads: whole file in memory, a tree a line, ids in a map. */
final class NaivePlan {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Code, param and line of each bad line. */
    record Bad(String code, @Nullable String param, long line) {}

    final List<Bad> bad = new ArrayList<>();
    final List<String> goodLines = new ArrayList<>();
    final List<String> goodModels = new ArrayList<>();

    NaivePlan(byte[] file, PlanTester batch) {
        String text = new String(file, ISO_8859_1);
        text = text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text;
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        while (!lines.isEmpty() && lines.getLast().isBlank()) {
            lines.removeLast();
        }
        Map<String, Long> ids = new HashMap<>();
        String firstModel = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            line = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            long number = i + 1L;
            JsonNode tree = tree(line, batch.limits.maxLineBytes());
            if (tree == null) {
                bad.add(new Bad("invalid_json_line", null, number));
                continue;
            }
            Bad wrong = shape(tree, number);
            if (wrong == null) {
                String model = tree.path("body").path("model").asText();
                wrong = rule(tree, number, batch, firstModel);
                if (firstModel == null
                        && batch.models.contains(model)
                        && tree.path("url").asText().equals(batch.endpoint)) {
                    firstModel = model;
                }
                Long first = ids.putIfAbsent(tree.path("custom_id").asText(), number);
                if (wrong == null && first != null) {
                    wrong = new Bad("duplicate_custom_id", "custom_id", number);
                }
                goodLines.add(new String(line.getBytes(ISO_8859_1), UTF_8));
                goodModels.add(model);
            }
            if (wrong != null) {
                bad.add(wrong);
            }
        }
    }

    private static @Nullable JsonNode tree(String line, int maxBytes) {
        try {
            String decoded = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(line.getBytes(ISO_8859_1)))
                    .toString();
            JsonNode tree = JSON.readTree(decoded);
            return line.length() <= maxBytes && tree.isObject() && !repeatsKey(decoded) ? tree : null;
        } catch (CharacterCodingException | JacksonException notJson) {
            return null;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Whether the line has a key twice, or its body the model or stream. */
    private static boolean repeatsKey(String line) throws IOException {
        Set<String> seen = new HashSet<>();
        try (JsonParser parser = JSON.createParser(line)) {
            while (parser.nextToken() != null) {
                String path = parser.getParsingContext().pathAsPointer().toString();
                boolean counts = path.matches("/[^/]*|/body/(model|stream)");
                if (parser.currentToken() == JsonToken.FIELD_NAME && counts && !seen.add(path)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static @Nullable Bad shape(JsonNode line, long number) {
        for (String field : List.of("custom_id", "method", "url", "body")) {
            JsonNode value = line.path(field);
            if (value.isMissingNode() || value.isNull()) {
                return new Bad("missing_required_parameter", field, number);
            }
            if (field.equals("body") ? !value.isObject() : !value.isTextual()) {
                return new Bad("invalid_type", field, number);
            }
            if ((field.equals("custom_id") && value.asText().isEmpty())
                    || (field.equals("method") && !value.asText().equals("POST"))) {
                return new Bad("invalid_value", field, number);
            }
        }
        JsonNode model = line.path("body").path("model");
        if (!model.isMissingNode() && !model.isNull() && !model.isTextual()) {
            return new Bad("invalid_type", "body.model", number);
        }
        JsonNode stream = line.path("body").path("stream");
        return stream.isMissingNode() || stream.isNull() || stream.isBoolean()
                ? null
                : new Bad("invalid_type", "body.stream", number);
    }

    private static @Nullable Bad rule(JsonNode line, long number, PlanTester batch, @Nullable String firstModel) {
        JsonNode body = line.path("body");
        if (!line.path("url").asText().equals(batch.endpoint)) {
            return new Bad("invalid_url", "url", number);
        }
        if (!body.path("model").isTextual()) {
            return new Bad("invalid_request", "body.model", number);
        }
        String model = body.path("model").asText();
        if (!batch.models.contains(model)) {
            return new Bad("model_not_found", "body.model", number);
        }
        if (batch.oneModelOnly && firstModel != null && !firstModel.equals(model)) {
            return new Bad("mismatched_model", "body.model", number);
        }
        if (body.path("stream").asBoolean()) {
            return new Bad("streaming_unsupported", "body.stream", number);
        }
        return body.path("messages").isMissingNode() || body.path("messages").isNull()
                ? new Bad("invalid_request", "body.messages", number)
                : null;
    }
}
