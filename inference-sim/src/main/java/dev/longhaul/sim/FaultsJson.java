package dev.longhaul.sim;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code /admin/faults}.
 *
 * @param countLines whether calls are counted by line; null where the document doesn't say
 */
record FaultsJson(Faults faults, @Nullable Boolean countLines) {
    private static final JsonFactory JSON = new JsonFactory();

    /**
     * Reads a document.
     *
     * @param base the values of fields that the document leaves out
     * @throws Refused with status 400 that names the wrong field
     */
    static FaultsJson parse(byte[] body, Faults base) throws Refused {
        try (var json = JSON.createParser(body)) {
            return read(json, base);
        } catch (IOException | IllegalArgumentException e) {
            throw new Refused(ApiError.badRequest(String.valueOf(e.getMessage()), null, null));
        }
    }

    String text() {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("latency_ms", faults.latencyMs());
            json.writeNumberField("jitter_ms", faults.jitterMs());
            json.writeNumberField("slots", faults.slots());
            json.writeNumberField("retry_after_s", faults.retryAfterS());
            json.writeNumberField("error_rate", faults.errorRate());
            json.writeNumberField("error_status", faults.errorStatus());
            json.writeNumberField("hang_rate", faults.hangRate());
            json.writeNumberField("cut_rate", faults.cutRate());
            json.writeNumberField("garbage_rate", faults.garbageRate());
            json.writeNumberField("huge_rate", faults.hugeRate());
            json.writeNumberField("huge_bytes", faults.hugeBytes());
            json.writeStringField("match", faults.match());
            json.writeBooleanField("count_lines", Boolean.TRUE.equals(countLines));
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static FaultsJson read(JsonParser json, Faults base) throws IOException, Refused {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("the body must be a JSON object");
        }
        var latencyMs = base.latencyMs();
        var jitterMs = base.jitterMs();
        var slots = base.slots();
        var retryAfterS = base.retryAfterS();
        var errorRate = base.errorRate();
        var errorStatus = base.errorStatus();
        var hangRate = base.hangRate();
        var cutRate = base.cutRate();
        var garbageRate = base.garbageRate();
        var hugeRate = base.hugeRate();
        var hugeBytes = base.hugeBytes();
        var match = base.match();
        Boolean countLines = null;
        for (var name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "latency_ms" -> latencyMs = (int) number(json);
                case "jitter_ms" -> jitterMs = (int) number(json);
                case "slots" -> slots = (int) number(json);
                case "retry_after_s" -> retryAfterS = (int) number(json);
                case "error_rate" -> errorRate = number(json);
                case "error_status" -> errorStatus = (int) number(json);
                case "hang_rate" -> hangRate = number(json);
                case "cut_rate" -> cutRate = number(json);
                case "garbage_rate" -> garbageRate = number(json);
                case "huge_rate" -> hugeRate = number(json);
                case "huge_bytes" -> hugeBytes = (long) number(json);
                case "match" -> match = matchOf(json);
                case "count_lines" -> countLines = json.getBooleanValue();
                default -> throw new Refused(ApiError.badRequest("unknown field '" + name + "'", name, null));
            }
        }
        var faults = new Faults(
                latencyMs,
                jitterMs,
                slots,
                retryAfterS,
                errorRate,
                errorStatus,
                hangRate,
                cutRate,
                garbageRate,
                hugeRate,
                hugeBytes,
                match);
        return new FaultsJson(faults, countLines);
    }

    private static double number(JsonParser json) throws IOException, Refused {
        if (!json.currentToken().isNumeric()) {
            throw new Refused(ApiError.wrongType(json.currentName(), "a number"));
        }
        return json.getDoubleValue();
    }

    private static @Nullable String matchOf(JsonParser json) throws IOException, Refused {
        return switch (json.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> json.getText().isEmpty() ? null : json.getText();
            default -> throw new Refused(ApiError.wrongType("match", "a string"));
        };
    }
}
