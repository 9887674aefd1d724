package dev.longhaul.dispatcher.backend;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which models cannot be called just now and why, for the progress of batches and for health. */
@ApplicationScoped
public class Troubles {
    private static final int MOST_MODELS = 1_000;

    private final Backends backends;

    public Troubles(Backends backends) {
        this.backends = backends;
    }

    /**
     * The models that none of their backends can be called for, by what ails them: {@code down}, {@code limited}, {@code refused}. Where
     * backends differ, the mildest is named: it is the first that may end. The empty name stands for lines that any backend may serve.
     * Cheap while there are none.
     */
    public JsonObject now() {
        Map<String, Object> troubles = new LinkedHashMap<>();
        List<Backend> all = backends.all();
        if (all.stream().anyMatch(backend -> backend.isDown() || backend.gates().isAnyShut())) {
            long now = System.nanoTime();
            TreeSet<String> models = new TreeSet<>();
            models.add("");
            all.forEach(backend -> models.addAll(backend.served()));
            models.stream()
                    .limit(MOST_MODELS)
                    .forEach(model -> trouble(all, model, now)
                            .ifPresent(trouble -> troubles.merge(
                                    trouble,
                                    JsonArray.of(model),
                                    (known, more) -> ((JsonArray) known).addAll((JsonArray) more))));
        }
        return new JsonObject(troubles);
    }

    private static Optional<String> trouble(List<Backend> all, String model, long now) {
        Refusal mildest = null;
        for (Backend backend : all) {
            if (model.isEmpty() || backend.serves(model)) {
                Refusal trouble = of(backend, model, now);
                if (trouble == null) {
                    return Optional.empty();
                }
                mildest = mildest == null || trouble == Refusal.FULL ? trouble : mildest;
            }
        }
        return Optional.ofNullable(mildest).map(Refusal::trouble);
    }

    private static @Nullable Refusal of(Backend backend, String model, long now) {
        ModelGate gate = backend.gates().byModel().get(model);
        return backend.isDown() ? Refusal.UNREACHABLE : gate == null ? null : gate.trouble(now);
    }

    /** By backend, what is wrong there in words; a backend that all is well with is left out. */
    public Map<String, String> byBackend() {
        long now = System.nanoTime();
        Map<String, String> troubled = new LinkedHashMap<>();
        for (Backend backend : backends.all()) {
            if (backend.isDown()) {
                troubled.put(backend.name(), Refusal.UNREACHABLE.text());
            } else {
                backend.gates().byModel().forEach((model, gate) -> {
                    Refusal trouble = gate.trouble(now);
                    if (trouble != null) {
                        troubled.merge(backend.name(), model + ": " + trouble.text(), (a, b) -> a + ", " + b);
                    }
                });
            }
        }
        return troubled;
    }
}
