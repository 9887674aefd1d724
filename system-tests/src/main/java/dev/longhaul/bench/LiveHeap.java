package dev.longhaul.bench;

import dev.longhaul.system.Commands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What lives in another JVM's heap. */
final class LiveHeap {
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)\\s*$");

    /** What the serial collector leaves lying between live objects rather than move them. */
    private static final Pattern GAPS =
            Pattern.compile("(?m)^\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+\\S*jdk\\.internal\\.vm\\.Filler");

    private LiveHeap() {}

    /** The bytes of all reachable objects, after a collection that this causes. */
    static long bytes(long pid) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String histogram = Commands.run(
                        Duration.ofSeconds(30), Map.of(), List.of(jcmd, Long.toString(pid), "GC.class_histogram"))
                .orThrow();
        Matcher total = TOTAL.matcher(histogram);
        if (!total.find()) {
            throw new IllegalStateException("jcmd answered no histogram: " + histogram);
        }
        long gaps = GAPS.matcher(histogram)
                .results()
                .mapToLong(row -> Long.parseLong(row.group(1)))
                .sum();
        return Long.parseLong(total.group(1)) - gaps;
    }
}
