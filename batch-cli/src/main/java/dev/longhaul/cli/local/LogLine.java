package dev.longhaul.cli.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Lines of logs, of which services write structured ones. */
public final class LogLine {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private LogLine() {}

    /** What a person wants of a structured line: time, level, logger, message, failure; any other line as it is. */
    public static String readable(String line) {
        if (!line.startsWith("{")) {
            return line;
        }
        try {
            JsonNode json = MAPPER.readTree(line);
            if (!json.has("message") || !json.has("level")) {
                return line;
            }
            JsonNode failure = json.path("exception");
            String logger = json.path("loggerName").asText();
            String text = json.path("timestamp").asText() + " "
                    + json.path("level").asText() + " " + logger.substring(logger.lastIndexOf('.') + 1) + ": "
                    + json.path("message").asText();
            return failure.isObject()
                    ? text + " (" + failure.path("exceptionType").asText() + ": "
                            + failure.path("message").asText() + ")"
                    : text;
        } catch (JsonProcessingException e) {
            return line;
        }
    }
}
