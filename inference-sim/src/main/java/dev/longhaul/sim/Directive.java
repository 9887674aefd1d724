package dev.longhaul.sim;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for itself, by a text that begins with {@code sim:status=400} or {@code sim:latency=500} or both.
 *
 * @param status the status to answer with; 0: none asked for
 * @param latencyMs in place of the set latency; -1: none asked for
 */
record Directive(int status, int latencyMs) {
    private static final Pattern SYNTAX = Pattern.compile("\\Gsim:(status|latency)=(\\d{1,7})\\s*");

    static @Nullable Directive of(String text) {
        if (!text.startsWith("sim:")) {
            return null;
        }
        var status = 0;
        var latencyMs = -1;
        for (var matcher = SYNTAX.matcher(text); matcher.find(); ) {
            var number = Integer.parseInt(matcher.group(2));
            if (matcher.group(1).equals("latency")) {
                latencyMs = number;
            } else if (number >= 200 && number <= 599) {
                status = number;
            }
        }
        return new Directive(status, latencyMs);
    }
}
