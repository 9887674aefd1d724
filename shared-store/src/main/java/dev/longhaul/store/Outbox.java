package dev.longhaul.store;

import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;

/** The events that are committed and not yet known to be in Kafka. Methods block and throw {@link StoreException}s. */
@ApplicationScoped
public class Outbox {
    private final Database database;

    public Outbox(Database database) {
        this.database = database;
    }

    /** One event, a CloudEvent as JSON. */
    public record Event(long id, String batchId, String json) {}

    /** The oldest events, in the order of their ids; a batch's own are in the order of its versions. */
    public List<Event> oldest(int limit) {
        List<Event> events = new ArrayList<>();
        for (Row row : database.run("select id, batch_id, event from outbox order by id limit $1", limit)) {
            events.add(new Event(row.getLong(0), row.getString(1), ((JsonObject) row.getValue(2)).encode()));
        }
        return events;
    }

    /** Forgets events that are in Kafka. A crash may undo it, and they are published again: so nothing waits for the disk here. */
    public void delete(List<Event> events) {
        database.run("""
                with quick as (select set_config('synchronous_commit', 'off', true))
                delete from outbox where id = any($1) and exists (select from quick)""", (Object) events.stream().map(Event::id).toArray(Long[]::new));
    }
}
