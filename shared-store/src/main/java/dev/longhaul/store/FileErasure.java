package dev.longhaul.store;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Finds what is left of files that are gone, for a janitor to erase. Every step may be repeated. Methods block. */
@ApplicationScoped
public class FileErasure {
    private final Database database;

    public FileErasure(Database database) {
        this.database = database;
    }

    /**
     * Gives up uploads that nobody has touched for so long: their process is gone. One that lives after all cannot become a file
     * any more.
     *
     * @return how many
     */
    public int giveUpUploads(Duration untouched) {
        return database.run("""
                        update file set state = 'deleted', deleted_at = now()
                        where state = 'pending' and touched_at < now() - make_interval(secs => $1)""", (double) untouched.toSeconds()).rowCount();
    }

    /** Deletes up to 1,000 files that are past their time. */
    public void expireFiles() {
        database.run("""
                update file set state = 'deleted', deleted_at = now() where id in (
                  select id from file where state = 'ready' and expires_at <= now() order by expires_at limit 1000)
                  and state = 'ready'""");
    }

    /** Up to 100 deleted files whose bytes are still there and that no open batch reads; none can come to read them. */
    public List<String> toErase() {
        return ids(database.run("""
                select id from file f where state = 'deleted' and erased_at is null and not exists (
                  select from batch b where b.input_file_id = f.id
                    and b.status in ('validating', 'in_progress', 'finalizing', 'cancelling'))
                  and not exists (select from batch b where b.retry_file_id = f.id and b.status = 'validating')
                order by deleted_at limit 100"""));
    }

    /** The keys of a file's objects, as far as its rows name them. */
    public List<String> objectKeys(String fileId) {
        List<String> keys = new ArrayList<>();
        for (Row row : database.run(
                "select object_key from file_segment where file_id = $1 and object_key is not null", fileId)) {
            keys.add(row.getString(0));
        }
        return keys;
    }

    /** Notes that a file's objects are gone. */
    public void erased(String fileId) {
        database.inTransaction(transaction -> {
            transaction.run("delete from file_segment where file_id = $1", fileId);
            // An upload that never became a file has no purpose and was seen by nobody.
            transaction.run("delete from file where id = $1 and state = 'deleted' and purpose = ''", fileId);
            return transaction.run("update file set erased_at = now() where id = $1 and state = 'deleted'", fileId);
        });
    }

    /** Forgets idempotency keys past their 24 hours. */
    public void forgetIdempotencyKeys() {
        database.run("delete from idempotency_key where created_at < now() - interval '24 hours'");
    }

    /** Sums up what is noted of tenants' files one by one, where many notes have come together. */
    public void foldUsage() {
        database.run("""
                with many as (select tenant_id from file_usage group by tenant_id having count(*) > 100),
                old as (delete from file_usage u using many where u.tenant_id = many.tenant_id
                  returning u.tenant_id, u.files, u.bytes)
                insert into file_usage (tenant_id, files, bytes)
                select tenant_id, sum(files), sum(bytes) from old group by tenant_id""");
    }

    private static List<String> ids(RowSet<Row> rows) {
        List<String> ids = new ArrayList<>();
        rows.forEach(row -> ids.add(row.getString(0)));
        return ids;
    }
}
