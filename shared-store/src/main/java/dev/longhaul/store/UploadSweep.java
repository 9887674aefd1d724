package dev.longhaul.store;

import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds what uploads in parts leave behind, for a janitor to sweep. Every step may be repeated. Methods block. */
@ApplicationScoped
public class UploadSweep {
    private final Database database;

    public UploadSweep(Database database) {
        this.database = database;
    }

    /** An upload that has ended, and the file that its objects are filed under. */
    public record Ended(String uploadId, String fileId) {}

    /** Ends up to 1,000 uploads that are past their time. */
    public void expire() {
        database.run("""
                update upload set status = 'expired', ended_at = now() where id in (
                  select id from upload where status = 'pending' and expires_at <= now() order by expires_at limit 1000)
                  and status = 'pending'""");
    }

    /** Gives up parts of pending uploads that nobody has touched for so long: their process is gone. */
    public List<Part> deadParts(Duration untouched) {
        List<Part> parts = new ArrayList<>();
        for (Row row : database.run("""
                select p.id, u.file_id from upload_part p join upload u on u.id = p.upload_id
                where p.state = 'pending' and u.status = 'pending' and p.touched_at < now() - make_interval(secs => $1)
                limit 1000""", (double) untouched.toSeconds())) {
            parts.add(new Part(row.getString(0), row.getString(1)));
        }
        return parts;
    }

    /** A part, and the file that its objects are filed under. */
    public record Part(String partId, String fileId) {}

    /** Up to 100 uploads that have ended and have things left; none of their parts is still coming in a live process. */
    public List<Ended> toSweep(Duration untouched) {
        List<Ended> ended = new ArrayList<>();
        for (Row row : database.run("""
                select id, file_id from upload u where status <> 'pending' and swept_at is null and not exists (
                  select from upload_part p where p.upload_id = u.id and p.state = 'pending'
                    and p.touched_at > now() - make_interval(secs => $1))
                order by ended_at limit 100""", (double) untouched.toSeconds())) {
            ended.add(new Ended(row.getString(0), row.getString(1)));
        }
        return ended;
    }

    /** The keys of objects that went into the upload's file; what else is filed there belongs to nobody. */
    public Set<String> keysInFile(Ended upload) {
        Set<String> keys = new HashSet<>();
        for (Row row : database.run(
                "select object_key from file_segment where file_id = $1 and object_key is not null", upload.fileId())) {
            keys.add(row.getString(0));
        }
        return keys;
    }

    /** Notes that nothing is left but the upload's own row. */
    public void swept(Ended upload) {
        database.inTransaction(transaction -> {
            transaction.run(
                    "delete from file_segment s using upload_part p where p.upload_id = $1 and s.file_id = p.id",
                    upload.uploadId());
            transaction.run("delete from upload_part where upload_id = $1", upload.uploadId());
            return transaction.run("update upload set swept_at = now() where id = $1", upload.uploadId());
        });
    }

    /** Forgets uploads that ended and were swept more than a day ago. */
    public void forget() {
        database.run("delete from upload where swept_at < now() - interval '25 hours'");
    }
}
