package dev.longhaul.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The request lines that a user brings. */
record InputFile(Path path) {
    /** Where nothing can be told from the first line, the service's own validation says what is wrong with it. */
    private static final String DEFAULT_ENDPOINT = "/v1/chat/completions";

    /**
     * Looks whether it can be uploaded.
     *
     * @throws CliException with the usage code when it can't
     */
    static InputFile check(Path path) {
        if (!Files.exists(path)) {
            throw CliException.usage("the input file " + path + " does not exist");
        }
        if (!Files.isRegularFile(path)) {
            throw CliException.usage("the input " + path + " is not a file");
        }
        if (!Files.isReadable(path)) {
            throw CliException.usage("the input file " + path + " is not readable");
        }
        InputFile input = new InputFile(path);
        if (input.size() == 0) {
            throw CliException.usage("the input file " + path + " is empty");
        }
        return input;
    }

    /** In bytes. */
    long size() {
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw CliException.usage("the input file " + path + " can't be read: " + e.getMessage());
        }
    }

    /** The {@code url} of the first line; reads no further, whatever the line's length. */
    String endpoint() {
        try (JsonParser parser = new JsonFactory().createParser(path.toFile())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return DEFAULT_ENDPOINT;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isUrl = parser.currentName().equals("url");
                JsonToken value = parser.nextToken();
                if (isUrl && value == JsonToken.VALUE_STRING) {
                    return parser.getText();
                }
                parser.skipChildren();
            }
            return DEFAULT_ENDPOINT;
        } catch (IOException e) {
            return DEFAULT_ENDPOINT;
        }
    }
}
