package dev.longhaul.store;

import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The models that backends serve, as dispatchers have noted them. Methods block and throw {@link StoreException}s. */
@ApplicationScoped
public class ModelStore {
    private static final String SELECT = """
            select model, max(seen_at) as seen_at from backend_model where $1::text is null or model = $1
            group by model order by model""";

    private final Database database;

    public ModelStore(Database database) {
        this.database = database;
    }

    /**
     * A model that at least one backend serves.
     *
     * @param name as tenants call it
     * @param seenAt when a backend last listed it
     */
    public record Model(String name, Instant seenAt) {}

    /** All of them by name. */
    public List<Model> all() {
        return select(null);
    }

    /** The one of a name. */
    public Optional<Model> find(String name) {
        return select(name).stream().findFirst();
    }

    private List<Model> select(@Nullable String name) {
        List<Model> models = new ArrayList<>();
        for (Row row : database.run(SELECT, name)) {
            models.add(new Model(row.getString("model"), Rows.time(row, "seen_at")));
        }
        return models;
    }
}
