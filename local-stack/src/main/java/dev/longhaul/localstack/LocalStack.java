package dev.longhaul.localstack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka, PostgreSQL and S3 on free ports of 127.0.0.1, with their data below one directory, for the tests of other
 * modules. Kafka runs in this JVM, the others as processes that end with it. Any part may be taken away and brought
 * back on its port while the others run. Not for several threads at once.
 */
public final class LocalStack implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalStack.class);
    /** System property: the servers come from images instead; Maven's profile {@code containers} sets it. */
    private static final String CONTAINERS = "local-stack.containers";

    static final String REGION = "us-east-1";
    static final String BUCKET = "longhaul";

    private final DataDirectory data;
    private final Map<Part, Integer> ports = new EnumMap<>(Part.class);
    private final Map<Part, LocalServer> servers = new EnumMap<>(Part.class);
    private final Thread atExit = new Thread(this::stopQuietly, "local-stack-exit");

    private volatile boolean stopping;

    private LocalStack(DataDirectory data, Map<Part, Integer> ports) {
        this.data = data;
        this.ports.putAll(ports);
        ports.forEach((part, port) -> servers.put(part, server(part, port)));
    }

    /**
     * Starts all three servers, at once, and returns when they accept work.
     *
     * @param data a directory for this stack alone; created when missing, otherwise its data is served again
     * @throws IOException when a server can't start, the directory is in use, or {@code local-s3} isn't built
     */
    public static LocalStack start(Path data) throws IOException {
        return start(data, Part.values());
    }

    /** As {@link #start(Path)}, but only the given parts; the others' accessors and variables still name a port. */
    public static LocalStack start(Path data, Part... parts) throws IOException {
        var ports = new EnumMap<Part, Integer>(Part.class);
        for (var part : Part.values()) {
            ports.put(part, Ports.free());
        }
        return start(data, ports, Arrays.asList(parts));
    }

    static LocalStack start(Path data, Map<Part, Integer> ports, Collection<Part> parts) throws IOException {
        var stack = new LocalStack(DataDirectory.open(data), ports);
        Runtime.getRuntime().addShutdownHook(stack.atExit);
        try {
            stack.startAll(parts);
        } catch (IOException e) {
            stack.close();
            throw e;
        }
        return stack;
    }

    /** Starts the part again on its port; returns when it accepts work. Does nothing when it runs. */
    public void start(Part part) throws IOException {
        server(part).start();
    }

    /** Takes the part away, cleanly; its data and its port stay. Does nothing when it is stopped. */
    public void stop(Part part) throws IOException {
        server(part).stop();
    }

    /** Bootstrap servers, {@code host:port}. */
    public String kafka() {
        return "127.0.0.1:" + ports.get(Part.KAFKA);
    }

    /** {@code postgresql://host:port/database}; for JDBC put {@code jdbc:} before it. */
    public String postgresUrl() {
        return "postgresql://127.0.0.1:" + ports.get(Part.POSTGRES) + "/" + PostgresServer.DATABASE;
    }

    /** User and, at the same time, password of the database's owner. */
    public String postgresUser() {
        return PostgresServer.DATABASE;
    }

    /** {@code http://host:port}; objects are addressed path-style. */
    public String s3Endpoint() {
        return "http://127.0.0.1:" + ports.get(Part.S3);
    }

    public String accessKey() {
        return S3Process.ACCESS_KEY;
    }

    public String secretKey() {
        return S3Process.SECRET_KEY;
    }

    /** The environment variables by which the services find this stack. */
    public Map<String, String> environment() {
        var variables = new LinkedHashMap<String, String>();
        variables.put("LONGHAUL_KAFKA", kafka());
        variables.put("LONGHAUL_POSTGRES_URL", postgresUrl());
        variables.put("LONGHAUL_POSTGRES_USER", postgresUser());
        variables.put("LONGHAUL_POSTGRES_PASSWORD", postgresUser());
        variables.put("LONGHAUL_S3_ENDPOINT", s3Endpoint());
        variables.put("LONGHAUL_S3_REGION", REGION);
        variables.put("LONGHAUL_S3_BUCKET", BUCKET);
        variables.put("LONGHAUL_S3_ACCESS_KEY", accessKey());
        variables.put("LONGHAUL_S3_SECRET_KEY", secretKey());
        return variables;
    }

    /**
     * The same as configuration properties, for a service that runs inside the test's JVM: each variable under its own
     * name and as its property, {@code LONGHAUL_S3_ACCESS_KEY} as {@code longhaul.s3.access-key}.
     */
    public Map<String, String> systemProperties() {
        var properties = new LinkedHashMap<>(environment());
        environment().forEach((name, value) -> properties.put(property(name), value));
        return properties;
    }

    /** Returns when PostgreSQL, a process of its own, has ended without being asked to; never while this stack stops. */
    void awaitLossOfPostgres() throws IOException, InterruptedException {
        if (server(Part.POSTGRES) instanceof PostgresServer postgres) {
            postgres.awaitEnd();
            if (!stopping) {
                return;
            }
        }
        new CountDownLatch(1).await();
    }

    /** Stops all parts and frees the directory; its data stays. */
    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending and the hook runs: there is nothing to take back.
        }
        stopAll();
    }

    private void startAll(Collection<Part> parts) throws IOException {
        LOG.info("starting {} on {}", parts, ports);
        allAtOnce(parts, LocalServer::start);
    }

    private synchronized void stopAll() throws IOException {
        stopping = true;
        try {
            allAtOnce(servers.keySet(), LocalServer::stop);
        } finally {
            data.close();
        }
    }

    private void stopQuietly() {
        try {
            stopAll();
        } catch (IOException e) {
            System.err.println("local-stack: " + e.getMessage());
        }
    }

    private void allAtOnce(Collection<Part> parts, Action action) throws IOException {
        var running = parts.stream()
                .map(part -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                action.on(server(part));
                            } catch (IOException e) {
                                throw new CompletionException(e);
                            }
                        },
                        task -> Thread.ofPlatform().name("local-" + part).start(task)))
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(running).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    private LocalServer server(Part part) {
        var server = servers.get(part);
        if (server == null) {
            throw new IllegalArgumentException("this stack has no " + part);
        }
        return server;
    }

    private LocalServer server(Part part, int port) {
        if (Boolean.getBoolean(CONTAINERS)) {
            return ContainerServer.of(part, port);
        }
        return switch (part) {
            case KAFKA -> new KafkaBroker(data.of("kafka"), port);
            case POSTGRES -> new PostgresServer(data.of("postgres"), port);
            case S3 -> new S3Process(data.of("s3"), port);
        };
    }

    private static String property(String variable) {
        return variable.toLowerCase(Locale.ROOT)
                .replace('_', '.')
                .replace("access.key", "access-key")
                .replace("secret.key", "secret-key");
    }

    private interface Action {
        void on(LocalServer server) throws IOException;
    }
}
