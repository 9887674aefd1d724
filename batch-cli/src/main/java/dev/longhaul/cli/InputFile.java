package dev.longhaul.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.longhaul.cli.failure.Reason;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The request lines that a user brings.
 *
 * @param path a file that can be read more than once
 * @param name what messages call it
 * @param isCopy of a stream, to be deleted after the upload
 */
record InputFile(Path path, String name, boolean isCopy) {
    private static final String STANDARD_INPUT = "-";
    /** Where nothing can be told from the first line, the service's own validation says what is wrong with it. */
    private static final String DEFAULT_ENDPOINT = "/v1/chat/completions";

    /**
     * Looks whether it can be uploaded. Standard input ({@code -}), a pipe and a device are read to their end first, since
     * an upload says how long it is.
     *
     * @throws CliException with the usage code when it can't
     */
    static InputFile check(Path path) {
        InputFile input = open(path);
        if (input.size() == 0) {
            input.discard();
            throw CliException.usage("the input " + input.name() + " is empty");
        }
        return input;
    }

    private static InputFile open(Path path) {
        if (path.toString().equals(STANDARD_INPUT)) {
            return copy(new FileInputStream(FileDescriptor.in), "standard input");
        }
        if (!Files.exists(path)) {
            throw CliException.usage("the input file " + path + " does not exist");
        }
        if (Files.isDirectory(path)) {
            throw CliException.usage("the input " + path + " is a folder, not a file");
        }
        if (!Files.isReadable(path)) {
            throw CliException.usage("the input file " + path + " is not readable");
        }
        if (Files.isRegularFile(path)) {
            return new InputFile(path, path.toString(), false);
        }
        try {
            return copy(Files.newInputStream(path), path.toString());
        } catch (IOException e) {
            throw unreadable(path.toString(), e);
        }
    }

    private static InputFile copy(InputStream stream, String name) {
        try (stream) {
            Path directory = Path.of(System.getenv().getOrDefault("TMPDIR", System.getProperty("java.io.tmpdir", "")));
            Path copy = Files.createTempFile(directory, "longhaul-input-", ".jsonl");
            copy.toFile().deleteOnExit(); // also after Ctrl-C
            try (var out = Files.newOutputStream(copy)) {
                stream.transferTo(out);
            }
            return new InputFile(copy, name, true);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** In bytes. */
    long size() {
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** Deletes the copy of a stream; a user's file stays. */
    void discard() {
        if (isCopy) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                // It goes when this process ends.
            }
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

    private static CliException unreadable(String name, IOException e) {
        return CliException.usage("the input " + name + " cannot be read: " + Reason.of(e));
    }
}
