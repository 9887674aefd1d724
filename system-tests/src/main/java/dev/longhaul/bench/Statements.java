package dev.longhaul.bench;

import dev.longhaul.system.Stack;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Counts the statements of all services, BEGIN and COMMIT included, in PostgreSQL's log, where they are written from
 * construction to {@link #close}. This costs time, so speed is measured separately. Belongs to one thread.
 */
final class Statements implements AutoCloseable {
    private static final Pattern STATEMENT = Pattern.compile("(?m)^.{20,50}\\] LOG:  (?:execute |statement: )");
    private static final String COMMITS =
            "select pg_stat_clear_snapshot(), xact_commit from pg_stat_database where datname = 'longhaul'";

    private final Connection connection;
    private final Path log;

    /** Totals since the server's start, to be subtracted from later ones. */
    record Totals(long bytesOfLog, long commits) {}

    Statements(Stack stack) throws SQLException {
        Map<String, String> addresses = stack.variables();
        this.log = stack.data().resolve("data/stack/postgres.log");
        // The local server trusts local users. Only its superuser may change what it logs.
        this.connection = DriverManager.getConnection(
                "jdbc:" + String.valueOf(addresses.get("LONGHAUL_POSTGRES_URL")).replaceFirst("/longhaul$", "/postgres"),
                "postgres",
                "postgres");
        log("all");
    }

    Totals totals() throws SQLException, IOException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(COMMITS)) {
            row.next();
            return new Totals(Files.size(log), row.getLong(2));
        }
    }

    /** The number of statements since then. */
    long since(Totals begin) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] bytes = new byte[Math.toIntExact(file.length() - begin.bytesOfLog())];
            file.seek(begin.bytesOfLog());
            file.readFully(bytes);
            return STATEMENT
                    .matcher(new String(bytes, StandardCharsets.ISO_8859_1))
                    .results()
                    .count();
        }
    }

    private void log(String which) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("alter system set log_statement = '" + which + "'");
            statement.execute("set log_statement = 'none'");
            statement.execute("select pg_reload_conf()");
        }
    }

    @Override
    public void close() throws SQLException {
        log("none");
        connection.close();
    }
}
