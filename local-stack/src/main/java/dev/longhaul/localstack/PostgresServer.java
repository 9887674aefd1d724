package dev.longhaul.localstack;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** PostgreSQL as processes of its own, with one database and its owner, as durable as in production. */
final class PostgresServer implements LocalServer {
    static final String DATABASE = "longhaul";

    /** Crash recovery of a large directory comes before the first answer. */
    private static final Duration START_LIMIT = Duration.ofMinutes(1);

    private final Path data;
    private final int port;
    private @Nullable EmbeddedPostgres running;

    PostgresServer(Path data, int port) {
        this.data = data;
        this.port = port;
    }

    @Override
    public void start() throws IOException {
        if (running != null) {
            return;
        }
        Orphan.stop(data);
        Ports.requireFree("PostgreSQL", port);
        Files.createDirectories(data);
        // What it says goes to a file: a pipe to this JVM would block it, or end with it.
        var log = Redirect.appendTo(data.resolveSibling("postgres.log").toFile());
        try {
            var server = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPort(port)
                    .setPGStartupWait(START_LIMIT)
                    .setOutputRedirector(log)
                    .setErrorRedirector(log)
                    .setLocaleConfig("locale", "C")
                    .setLocaleConfig("locale-provider", "builtin")
                    .setLocaleConfig("builtin-locale", "C.UTF-8")
                    // The library asks for speed instead of durability unless told.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("max_connections", "200")
                    .setServerConfig("log_checkpoints", "off")
                    .start();
            running = server;
            createDatabase(server);
        } catch (IOException | IllegalStateException | SQLException e) {
            stop();
            throw new IOException(
                    "PostgreSQL can't start on 127.0.0.1:" + port + " with " + data + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void stop() throws IOException {
        if (running != null) {
            running.close();
            running = null;
        }
    }

    /** Returns when the server's process has ended, for whatever reason. */
    void awaitEnd() throws IOException {
        Orphan.serverOf(data).ifPresent(server -> server.onExit().join());
    }

    private static void createDatabase(EmbeddedPostgres server) throws SQLException {
        try (var connection = server.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            try (var known =
                    statement.executeQuery("select from pg_database where datname = '%s'".formatted(DATABASE))) {
                if (known.next()) {
                    return;
                }
            }
            // The role may be there alone: the last start may have been killed between the two.
            statement.execute("drop role if exists %s".formatted(DATABASE));
            statement.execute("create role %1$s login password '%1$s'".formatted(DATABASE));
            statement.execute("create database %1$s owner %1$s".formatted(DATABASE));
        }
    }
}
