package dev.longhaul.stress;

import dev.longhaul.system.Api;
import dev.longhaul.system.FreePort;
import dev.longhaul.system.Json;
import dev.longhaul.system.Signal;
import dev.longhaul.system.Simulator;
import dev.longhaul.system.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A Longhaul with two dispatchers and two finalizers, whose services reach Kafka, PostgreSQL, S3 and two replicas of a
 * backend through proxies. Clients and tests connect directly. Faults come from one thread.
 */
final class Rig implements AutoCloseable {
    static final List<String> DISPATCHERS = List.of("batch-dispatcher-1", "batch-dispatcher-2");
    static final List<String> FINALIZERS = List.of("batch-finalizer-1", "batch-finalizer-2");
    static final String API = "batch-api";
    static final int LATENCY_MS = 20;

    private static final String SIMULATOR = "inference-sim";
    /** A swallowed call looks like a slow one until it times out, and must not count as a stall. */
    private static final String CALL_TIMEOUT = "4s";

    private final Stack stack;
    private final Map<Server, Proxy> proxies = new HashMap<>();
    private final Set<String> asleep = new HashSet<>();
    private Stack.Status status;

    /** What the services reach through a proxy. */
    enum Server {
        POSTGRES("postgres"),
        KAFKA("kafka"),
        S3("local-s3"),
        BACKEND_1(SIMULATOR),
        BACKEND_2(SIMULATOR);

        private final String process;

        Server(String process) {
            this.process = process;
        }
    }

    /** Starts all of it. */
    Rig(Path data) {
        Map<Server, Integer> ports = new HashMap<>();
        for (Server server : Server.values()) {
            ports.put(server, FreePort.choose());
        }
        int kafkaPort = FreePort.choose();
        stack = new Stack(data, environment(ports, kafkaPort));
        stack.reset();
        ports.forEach((server, port) ->
                proxies.put(server, new Proxy(port, () -> server == Server.KAFKA ? kafkaPort : port(server.process))));
        stack.up("--dispatchers", "2", "--finalizers", "2", "--sim-args", "--latency-ms " + LATENCY_MS);
        status = stack.status();
    }

    private static Map<String, String> environment(Map<Server, Integer> ports, int kafkaPort) {
        String servers = " -DLONGHAUL_KAFKA=127.0.0.1:%d -DLONGHAUL_POSTGRES_URL=postgresql://127.0.0.1:%d/longhaul"
                        .formatted(ports.get(Server.KAFKA), ports.get(Server.POSTGRES))
                + " -DLONGHAUL_S3_ENDPOINT=http://127.0.0.1:%d".formatted(ports.get(Server.S3));
        StringBuilder backends = new StringBuilder(" -Dlonghaul.backends.sim.endpoints=/v1/embeddings");
        for (Server replica : List.of(Server.BACKEND_1, Server.BACKEND_2)) {
            String prefix = " -Dlonghaul.backends."
                    + replica.name().toLowerCase(Locale.ROOT).replace("_", "-");
            backends.append(prefix + ".url=http://127.0.0.1:" + ports.get(replica) + "/v1")
                    .append(prefix + ".models=sim-chat" + prefix + ".timeout=" + CALL_TIMEOUT);
        }
        return Map.of(
                "LONGHAUL_JAVA_OPTS",
                System.getProperty("test.jit", ""),
                "LONGHAUL_JAVA_OPTS_LOCAL_STACK",
                "-Dlocal-stack.kafka-proxied=" + kafkaPort + ":" + ports.get(Server.KAFKA),
                "LONGHAUL_JAVA_OPTS_BATCH_API",
                servers,
                "LONGHAUL_JAVA_OPTS_BATCH_DISPATCHER",
                servers + backends,
                "LONGHAUL_JAVA_OPTS_BATCH_FINALIZER",
                servers);
    }

    /** The port of a process, which is chosen at its first start. */
    private int port(String process) {
        try {
            return Json.parse(Files.readAllBytes(stack.data().resolve("ports.json")))
                    .path(process)
                    .asInt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Api api() {
        return new Api(status.api(), status.apiKey());
    }

    Simulator simulator() {
        return new Simulator(status.member(SIMULATOR).port());
    }

    Stack stack() {
        return stack;
    }

    Stack.Status status() {
        return status;
    }

    Proxy proxy(Server server) {
        return Objects.requireNonNull(proxies.get(server));
    }

    long pid(String process) {
        return status.member(process).pid();
    }

    void kill(String process) {
        // One that has just ended by itself is as good as killed.
        ProcessHandle.of(pid(process)).ifPresent(ProcessHandle::destroyForcibly);
    }

    void putToSleep(String process) {
        asleep.add(process);
        Signal.STOP.send(status.member(process));
    }

    void wakeUp(String process) {
        Signal.CONT.send(status.member(process));
        asleep.remove(process);
    }

    /** Writes an event with its time beside the logs of the processes. */
    void note(String event) {
        try {
            Files.writeString(
                    stack.data().resolve("logs/faults.log"),
                    Instant.now() + " " + event + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all faults and starts killed processes again. Returns when everything is ready. */
    void repair() {
        Set.copyOf(asleep).forEach(this::wakeUp);
        proxies.values().forEach(Proxy::heal);
        stack.up();
        status = stack.status();
        note("everything is ready");
    }

    /** As {@link #repair}, but restarts services that a failed test has left broken. */
    void renew() {
        try {
            repair();
        } catch (IllegalStateException notReady) {
            note("starting services again: " + notReady.getMessage());
            Stream.of(DISPATCHERS, FINALIZERS, List.of(API))
                    .flatMap(List::stream)
                    .forEach(this::kill);
            repair();
        }
    }

    @Override
    public void close() {
        Set.copyOf(asleep).forEach(this::wakeUp);
        proxies.values().forEach(Proxy::heal);
        stack.close();
        proxies.values().forEach(Proxy::close);
    }
}
