package dev.longhaul.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** docs/benchmarks.md: one section a benchmark; those not measured now stay as they are. */
final class Report {
    private static final String TITLE = """
            # Benchmarks

            Written by `./longhaul bench`; each figure stands beside a yardstick from the same run. Median of several runs after a
            discarded warm-up (for throughput 4.5 million lines, for saturation 600,000 without latency, until the JVMs have
            compiled what is hot; for burst and sustained one burst; none for idle), all services and servers on the same two cores
            as the client, fsync on. Batches are timed from create's answer to `completed`, those of burst and sustained by their
            timestamps in PostgreSQL, and a run counts only after its files were checked line by line. CPU is that of all processes:
            services, servers and simulator, without the client. The simulator interrupts nobody for a request (SCHED_BATCH),
            neither the services nor the yardstick's loop.
            """;
    private static final String HEADING = "## ";

    private final Path file;

    Report(Path file) {
        this.file = file;
    }

    void write(String name, int runs, List<Figure> figures) throws IOException {
        Map<String, String> sections = sections();
        sections.put(name, section(name, runs, figures));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, TITLE + "\n" + String.join("\n", sections.values()), StandardCharsets.UTF_8);
    }

    private Map<String, String> sections() throws IOException {
        Map<String, String> sections = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return sections;
        }
        String name = "";
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(HEADING)) {
                name = line.substring(HEADING.length());
            }
            if (!name.isEmpty()) {
                sections.merge(name, line + "\n", String::concat);
            }
        }
        sections.replaceAll((heading, text) -> text.strip() + "\n");
        return sections;
    }

    private static String section(String name, int runs, List<Figure> figures) {
        StringBuilder text =
                new StringBuilder(HEADING + name + "\n\n`./longhaul bench " + name + " --runs " + runs + "`, "
                        + LocalDate.now(ZoneOffset.UTC) + ", " + Machine.description() + "\n\n"
                        + "| what | figure | yardstick | ratio | bound | |\n|---|---|---|---|---|---|\n");
        for (Figure figure : figures) {
            text.append("| %s | %s | %s | %s | %s | %s |\n"
                    .formatted(
                            figure.what(),
                            figure.value(),
                            figure.yardstick(),
                            figure.ratioText(),
                            figure.bound(),
                            figure.met() ? "met" : "**missed**"));
        }
        return text.toString();
    }
}
