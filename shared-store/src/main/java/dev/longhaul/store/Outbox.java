package dev.longhaul.store;

import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;

/** The events that are committed and not yet known to be in Kafka. Methods block and throw {@link StoreException}s. */
@ApplicationScoped
public class Outbox {
    private static final String NEXT = """
            with quick as (select set_config('synchronous_commit', 'off', true)),
            gone as (delete from outbox where id = any($1) and exists (select from quick))
            select id, batch_id, event from outbox where id > $2 and id <> all($1) order by id limit $3""";

    private final Database database;

    public Outbox(Database database) {
        this.database = database;
    }

    /** One event, a CloudEvent as JSON. */
    public record Event(long id, String batchId, String json) {}

    /**
     * Forgets events that are in Kafka, and reads the oldest of the others, in the order of their ids; a batch's own are in the order
     * of its versions. A crash may undo the deletion, and the events are published again: so nothing waits for the disk here.
     *
     * @param above ids up to this one are not read, so that a look costs nothing for rows that are deleted and not yet vacuumed
     */
    public List<Event> next(List<Event> published, long above, int limit) {
        List<Event> events = new ArrayList<>();
        for (Row row : database.run(NEXT, published.stream().map(Event::id).toArray(Long[]::new), above, limit)) {
            events.add(new Event(row.getLong(0), row.getString(1), ((JsonObject) row.getValue(2)).encode()));
        }
        return events;
    }
}
