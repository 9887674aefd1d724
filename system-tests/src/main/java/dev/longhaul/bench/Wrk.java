package dev.longhaul.bench;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.longhaul.system.Commands;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The yardstick of the yardstick: what the load generator wrk gets from the simulator. */
final class Wrk {
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s*([0-9.]+)");
    private static final Pattern BAD = Pattern.compile("Non-2xx|Socket errors");

    private Wrk() {}

    /** Calls a second by {@code wrk -t2 -c128}. */
    static double callsPerSecond(URI target, byte[] body, Path directory, Duration measured) throws IOException {
        // Lua reads the escapes of a JSON string of ASCII.
        String quoted = new String(
                JsonStringEncoder.getInstance().quoteAsUTF8(new String(body, StandardCharsets.UTF_8)),
                StandardCharsets.UTF_8);
        Path script = Files.writeString(directory.resolve("post.lua"), """
                wrk.method = "POST"
                wrk.headers["Content-Type"] = "application/json"
                wrk.body = "%s"
                """.formatted(quoted));
        String out = output(target, script, measured);
        Matcher rate = RATE.matcher(out);
        if (!rate.find() || BAD.matcher(out).find()) {
            throw new IllegalStateException("wrk did not measure: " + out);
        }
        return Double.parseDouble(rate.group(1));
    }

    private static String output(URI target, Path script, Duration measured) {
        List<String> command = List.of(
                "wrk", "-t2", "-c128", "-d" + measured.toSeconds() + "s", "-s", script.toString(), target.toString());
        try {
            return Commands.run(measured.plusSeconds(30), Map.of(), command).orThrow();
        } catch (java.io.UncheckedIOException e) {
            throw new IllegalStateException("wrk is needed for the yardstick (Debian: apt-get install wrk)", e);
        }
    }
}
