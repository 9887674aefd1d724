package dev.longhaul.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One Longhaul on this machine with a data directory and ports of its own, started and stopped by the command line.
 * The launcher script is left out because it builds, and a build may be what runs this. All threads, but one command
 * at a time makes sense.
 */
public final class Stack implements AutoCloseable {
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(3);

    private final Path root;
    private final Path data;
    private final Map<String, String> environment;

    /** One process of the stack; pid 0 when it doesn't run. */
    public record Member(String name, long pid, boolean ready, int port) {}

    /** What {@code status --json} says. */
    public record Status(URI api, String apiKey, List<Member> members) {

        /** The member of that name. */
        public Member member(String name) {
            return members.stream()
                    .filter(member -> member.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no process is called " + name + ": " + members));
        }
    }

    /**
     * A stack that is not started yet.
     *
     * @param data its directory, created when missing
     * @param environment more variables for its commands, such as LONGHAUL_JAVA_OPTS_BATCH_API
     */
    public Stack(Path data, Map<String, String> environment) {
        this.root = root();
        this.data = data.toAbsolutePath().normalize();
        this.environment = new TreeMap<>(environment);
        this.environment.put("LONGHAUL_DATA", this.data.toString());
        this.environment.put("LONGHAUL_PORT", Integer.toString(FreePort.choose()));
    }

    /** The repository: {@code -Dlonghaul.root}, as the launcher and the build say. */
    public static Path root() {
        return Path.of(System.getProperty("longhaul.root", "."))
                .toAbsolutePath()
                .normalize();
    }

    /** Starts what is missing and returns when all is ready. */
    public Stack up(String... options) {
        List<String> arguments = new ArrayList<>(List.of("up"));
        arguments.addAll(List.of(options));
        command(arguments.toArray(String[]::new)).orThrow();
        return this;
    }

    /** Runs a command of the command line on this stack. */
    public Commands.Result command(String... arguments) {
        return command(COMMAND_LIMIT, arguments);
    }

    /** The same with another limit. */
    public Commands.Result command(Duration limit, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx256m",
                "-Dlonghaul.root=" + root,
                "-cp",
                root.resolve("batch-cli/target/app") + "/*",
                "dev.longhaul.cli.Main"));
        command.addAll(List.of(arguments));
        return Commands.run(limit, environment, command);
    }

    public Status status() {
        JsonNode status = Json.parse(command("status", "--json").orThrow());
        List<Member> members = new ArrayList<>();
        for (JsonNode process : status.path("processes")) {
            members.add(new Member(
                    process.path("name").asText(),
                    process.path("pid").asLong(),
                    process.path("ready").asBoolean(),
                    process.path("port").asInt()));
        }
        return new Status(
                URI.create(status.path("api").asText()), status.path("api_key").asText(), members);
    }

    /** Where its servers are and its key, as a service of it reads them from its environment. */
    public Map<String, String> variables() {
        Map<String, String> variables = new TreeMap<>();
        command("env").orThrow().lines().forEach(line -> {
            String[] parts = line.substring("export ".length()).split("=", 2);
            variables.put(parts[0], parts[1].replace("'", ""));
        });
        return variables;
    }

    /** Its directory; logs lie in {@code logs} there. */
    public Path data() {
        return data;
    }

    /** Stops all of it and deletes its files. */
    public void reset() {
        command("reset", "--yes").orThrow();
    }

    @Override
    public void close() {
        command("down").orThrow();
    }
}
