package dev.longhaul.system;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Batches and slices as their rows in PostgreSQL show them: thousands of polling clients would slow down what they measure.
 * Belongs to one thread.
 */
public final class BatchRows implements AutoCloseable {
    private final Connection connection;

    /** A completed batch. Times are PostgreSQL's, in seconds since 1970. */
    public record Completed(double created, double completed) {
        public double millis() {
            return (completed - created) * 1e3;
        }
    }

    public BatchRows(Stack stack) throws SQLException {
        Map<String, String> addresses = stack.variables();
        this.connection = DriverManager.getConnection(
                "jdbc:" + addresses.get("LONGHAUL_POSTGRES_URL"),
                addresses.get("LONGHAUL_POSTGRES_USER"),
                addresses.get("LONGHAUL_POSTGRES_PASSWORD"));
    }

    /** PostgreSQL's time, in seconds since 1970. */
    public double now() throws SQLException {
        return number("select extract(epoch from clock_timestamp()) where ? >= 0", 0);
    }

    /** The number of batches with a status, created since a time. */
    public long count(String status, double since) throws SQLException {
        return (long) number(
                "select count(*) from batch where status = '" + status + "' and created_at >= to_timestamp(?)", since);
    }

    /** The number of slices released more than twice, of batches created since a time. */
    public long releasedOften(double since) throws SQLException {
        return (long) number(
                "select count(*) from slice s join batch b on b.id = s.batch_id where s.claim > 2 and b.created_at >= to_timestamp(?)",
                since);
    }

    /** The completed batches that were created since a time, in order of creation. */
    public List<Completed> completed(double since) throws SQLException {
        List<Completed> batches = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select extract(epoch from created_at), extract(epoch from completed_at) from batch
                where status = 'completed' and created_at >= to_timestamp(?) order by created_at""")) {
            select.setDouble(1, since);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    batches.add(new Completed(row.getDouble(1), row.getDouble(2)));
                }
            }
        }
        return batches;
    }

    /** Replaces the slices of a paused batch, whose lines have equal lengths, by one slice per line. */
    public void cutIntoLines(String batchId, int lines, int lineBytes) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement delete = connection.prepareStatement("delete from slice where batch_id = ?");
                PreparedStatement insert = connection.prepareStatement("""
                        insert into slice (batch_id, seq, byte_offset, byte_length, first_line, line_count, model)
                        select ?, i, i::bigint * ?, ?, i + 1, 1, 'sim-chat' from generate_series(0, ? - 1) i""")) {
            delete.setString(1, batchId);
            delete.executeUpdate();
            insert.setString(1, batchId);
            insert.setInt(2, lineBytes);
            insert.setInt(3, lineBytes);
            insert.setInt(4, lines);
            insert.executeUpdate();
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** The number of slices claimed so far, of batches created since a time. */
    public long claimed(double since) throws SQLException {
        return (long) number("""
                select count(*) from slice s join batch b on b.id = s.batch_id
                where s.state in ('claimed', 'reported', 'done') and b.created_at >= to_timestamp(?)""", since);
    }

    /** The ids of batches that reached a terminal status within the last two minutes. */
    public Set<String> endedLately() throws SQLException {
        Set<String> ids = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement("""
                        select id from batch
                        where coalesce(completed_at, failed_at, expired_at, cancelled_at) > now() - interval '2 minutes'""");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                ids.add(row.getString(1));
            }
        }
        return ids;
    }

    /** Whether a session is idle in a transaction whose client connects from one of these ports. */
    public boolean idleInTransaction(Set<Integer> clientPorts) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select 1 from pg_stat_activity where state like 'idle in transaction%' and client_port = any (?)")) {
            select.setArray(1, connection.createArrayOf("integer", clientPorts.toArray()));
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    private double number(String query, double parameter) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setDouble(1, parameter);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("no row: " + query);
                }
                return row.getDouble(1);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
