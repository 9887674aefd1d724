package dev.longhaul.dispatcher.capacity;

import dev.longhaul.store.Session;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reports and grants as rows: the safety net behind lost notifications. */
final class CapacityRows {
    private CapacityRows() {}

    /** The rows of all dispatchers whose lease is not over. */
    static List<CapacityLedger.Row> read(Session session) {
        List<CapacityLedger.Row> rows = new ArrayList<>();
        for (Row row : session.run("""
                select id, wanted, capacity,
                  (extract(epoch from lease_until - now() - interval '8 s') * 1000)::bigint as lapses_in
                from process where kind = 'dispatcher' and lease_until > now()
                """)) {
            JsonObject capacity = row.getJsonObject("capacity");
            rows.add(new CapacityLedger.Row(
                    row.getString("id"),
                    capacity.isEmpty() ? null : CapacityReport.decode(capacity),
                    Amounts.decode(row.getJsonObject("wanted")),
                    row.getLong("lapses_in")));
        }
        return rows;
    }

    /** Writes grants for those who have not confirmed them; their next renewal brings them. */
    static void write(Session session, Map<String, Grant> grants) {
        if (!grants.isEmpty()) {
            List<String> ids = List.copyOf(grants.keySet());
            session.run(
                    """
                    update process p set shares = g.grant_text::jsonb
                    from unnest($1::text[], $2::text[]) as g (id, grant_text) where p.id = g.id
                    """,
                    ids.toArray(String[]::new),
                    ids.stream()
                            .map(id ->
                                    grants.getOrDefault(id, Grant.NONE).encode().encode())
                            .toArray(String[]::new));
        }
    }
}
