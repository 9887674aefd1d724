package dev.longhaul.dispatcher.backend;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Which models cannot be asked just now, for the progress of batches. The empty name stands for lines that any backend may serve. */
@ApplicationScoped
public class Troubles {
    private static final int MOST_MODELS = 1_000;

    private final Backends backends;

    public Troubles(Backends backends) {
        this.backends = backends;
    }

    /**
     * The models all of whose backends are down, and those of which the others answer that they are asked too much. Cheap while
     * there are none.
     */
    public JsonObject now() {
        List<Backend> all = backends.all();
        JsonObject troubles = new JsonObject();
        if (all.stream().anyMatch(backend -> backend.isDown() || backend.isLimited())) {
            Set<String> down = models(all, Backend::isDown);
            Set<String> limited = models(all, backend -> backend.isDown() || backend.isLimited());
            limited.removeAll(down);
            put(troubles, "down", down);
            put(troubles, "limited", limited);
        }
        return troubles;
    }

    private Set<String> models(List<Backend> all, Predicate<Backend> isTroubled) {
        Set<String> models = new TreeSet<>();
        if (all.stream().allMatch(isTroubled)) {
            models.add("");
        }
        all.stream()
                .filter(isTroubled)
                .flatMap(backend -> backend.served().stream())
                .filter(model ->
                        all.stream().filter(backend -> backend.serves(model)).allMatch(isTroubled))
                .limit(MOST_MODELS)
                .forEach(models::add);
        return models;
    }

    private static void put(JsonObject troubles, String name, Set<String> models) {
        if (!models.isEmpty()) {
            troubles.put(name, new JsonArray(List.copyOf(models)));
        }
    }
}
