package dev.longhaul.bench;

import dev.longhaul.system.Stack;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * Batches that have ended, and files without bytes, of one tenant, written by SQL: creating a million takes hours otherwise. Row 0
 * is the newest; three at a time are of the same instant. Belongs to one thread.
 */
final class ListRows implements AutoCloseable {
    static final String BATCH = "batch_";
    static final String FILE = "file-";
    /** What no id has that the service makes: theirs begin with the time. */
    private static final String OURS = "fffffff0";

    private static final String BATCHES = """
            insert into batch (id, tenant_id, job_id, input_file_id, endpoint, completion_window, metadata, model, status,
              created_at, expires_at, in_progress_at, finalizing_at, completed_at, failed_at, expired_at, output_ref, error_ref,
              output_file_id, results_partition, lines_total, lines_completed)
            select 'batch_fffffff0' || lpad(to_hex(i), 24, '0'), ?,
              case when i % 10 = 1 then ? else (select id from job where tenant_id = ? and is_default) end,
              'file-none', '/v1/chat/completions', '24h',
              case when i % 10 = 0 then jsonb_build_object('team', 'blue', 'run', (i % 1000)::text) else '{}' end, 'm',
              s.status, t.at, t.at + interval '1 day', t.at, t.at,
              case when s.status = 'completed' then t.at end, case when s.status = 'failed' then t.at end,
              case when s.status = 'expired' then t.at end,
              'file-fffffff0' || lpad(to_hex(i), 24, '0'), 'file-fffffff1' || lpad(to_hex(i), 24, '0'),
              case when s.status = 'completed' then 'file-fffffff0' || lpad(to_hex(i), 24, '0') end, 0,
              case when s.status = 'completed' then 100 else 0 end, case when s.status = 'completed' then 100 else 0 end
            from generate_series(0, ? - 1) i,
              lateral (select now() - interval '1 minute' - (i / 3) * interval '1 s' as at) t,
              lateral (select case when i % 50 = 3 then 'expired' when i % 12 = 5 then 'failed' else 'completed' end as status) s""";

    private static final String FILES = """
            insert into file (id, tenant_id, filename, purpose, bytes, state, created_at)
            select 'file-fffffff0' || lpad(to_hex(i), 24, '0'), ?, 'f' || i || '.jsonl',
              case when i % 2 = 0 then 'batch' else 'batch_output' end, 100, 'ready',
              now() - interval '1 minute' - (i / 3) * interval '1 s'
            from generate_series(0, ? - 1) i""";

    private final Connection connection;
    private final String tenant;

    ListRows(Stack stack, String tenant) throws SQLException {
        Map<String, String> addresses = stack.variables();
        this.connection = DriverManager.getConnection(
                "jdbc:" + addresses.get("LONGHAUL_POSTGRES_URL"),
                addresses.get("LONGHAUL_POSTGRES_USER"),
                addresses.get("LONGHAUL_POSTGRES_PASSWORD"));
        this.tenant = tenant;
    }

    /** The id of a row, with the prefix of its kind. */
    static String id(String prefix, int row) {
        return prefix + OURS + "%024x".formatted(row);
    }

    /** The row of a batch's id; negative for one that the service made. */
    static int row(String id) {
        return id.startsWith(BATCH + OURS) ? Integer.parseInt(id.substring(BATCH.length() + OURS.length()), 16) : -1;
    }

    void insert(int rows, String job) throws SQLException {
        try (PreparedStatement batches = connection.prepareStatement(BATCHES)) {
            batches.setString(1, tenant);
            batches.setString(2, job);
            batches.setString(3, tenant);
            batches.setInt(4, rows);
            batches.executeUpdate();
        }
        try (PreparedStatement files = connection.prepareStatement(FILES)) {
            files.setString(1, tenant);
            files.setInt(2, rows);
            files.executeUpdate();
        }
        // As autovacuum would have done long before there are so many.
        try (Statement vacuum = connection.createStatement()) {
            vacuum.execute("vacuum analyze batch");
            vacuum.execute("vacuum analyze batch_metadata");
            vacuum.execute("vacuum analyze file");
        }
    }

    long oldestSecond() throws SQLException {
        return second("min");
    }

    long newestSecond() throws SQLException {
        return second("max");
    }

    private long second(String which) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select floor(extract(epoch from " + which + "(created_at)))::bigint from batch where tenant_id = ?")) {
            select.setString(1, tenant);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
