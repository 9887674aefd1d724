package dev.longhaul.conformance;

import dev.longhaul.conformance.Toolbox.Program;
import dev.longhaul.system.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a page of documentation has its reader run, from {@code system-tests/conformance/pages}: as it stands, but for the host, the
 * key and the batch's id, which every reader changes.
 *
 * @param host without a slash at its end
 */
record SeedPage(String host, String key) {
    private static final Path PAGES = Stack.root().resolve("system-tests/conformance/pages");
    private static final List<String> HOSTS = List.of(
            "https://gateway.bud.studio",
            "https://api.openai.com",
            "https://{gatewayBaseURL}",
            "https://api.example.com");
    private static final List<String> KEYS = List.of("YOUR_API_KEY", "<token>");
    private static final List<String> IDS = List.of("batch_abc123", "{batch_id}", "{id}");
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Runs a page's shell script or Python program; answers what it printed. */
    String run(String name, String batchId) {
        Program program = name.endsWith(".py") ? Toolbox.python("python") : Toolbox.curl();
        return program.run(LIMIT, Map.of(), List.of("-c", text(name, batchId)));
    }

    private String text(String name, String batchId) {
        try {
            String text = Files.readString(PAGES.resolve(name));
            return with(batchId, IDS, with(key, KEYS, with(host, HOSTS, text)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String with(String ours, List<String> theirs, String text) {
        return theirs.stream().reduce(text, (changed, their) -> changed.replace(their, ours));
    }
}
