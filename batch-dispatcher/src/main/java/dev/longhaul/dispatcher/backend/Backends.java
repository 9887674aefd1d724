package dev.longhaul.dispatcher.backend;

import dev.longhaul.model.BatchEndpoints;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** All configured backends. Asks those without configured models for their list now and then, and those that are or seem to be down. */
@ApplicationScoped
public class Backends {
    private static final Logger LOG = Logger.getLogger(Backends.class);
    private static final long PROBE_MILLIS = 500;

    private final List<Backend> backends;
    private final Map<Backend, BackendProbe> probes = new LinkedHashMap<>();
    private final Set<Backend> beingAsked = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("backend-probe").factory());

    public Backends(BackendsConfig config, Vertx vertx) {
        this.backends = config.backends().entrySet().stream()
                .map(entry -> new Backend(entry.getKey(), entry.getValue()))
                .toList();
        BatchEndpoints.MODEL_OPTIONAL.forEach(this::chooseDefault);
        backends.forEach(backend -> probes.put(backend, new BackendProbe(vertx, backend)));
    }

    private void chooseDefault(String endpoint) {
        List<Backend> able = serving(null, endpoint);
        if (able.size() == 1) {
            able.getFirst().becomeDefaultFor(endpoint);
        }
    }

    /** Before the others, so that nothing has begun when a backend's settings are refused. */
    void start(@Observes @Priority(1) StartupEvent event) {
        new BackendsEnvironment().requireKnown();
        if (backends.isEmpty()) {
            LOG.warn(
                    "LH-D010 no backend is configured: set longhaul.backends.NAME.url; batches will wait for nobody and fail");
        }
        timer.scheduleWithFixedDelay(this::probeAll, 0, PROBE_MILLIS, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        timer.shutdownNow();
    }

    private void probeAll() {
        probes.forEach((backend, probe) -> {
            tellNews(backend);
            if (!beingAsked.contains(backend)) {
                backend.addresses().refresh(System.nanoTime());
                if (backend.wantsProbe()) {
                    beingAsked.add(backend);
                    probe.ask().onComplete(asked -> {
                        backend.noteAsked();
                        beingAsked.remove(backend);
                    });
                }
            }
        });
    }

    private static void tellNews(Backend backend) {
        if (backend.isDown()) {
            // Told already, for all of its models.
            return;
        }
        long now = System.nanoTime();
        backend.gates().byModel().forEach((model, gate) -> {
            switch (gate.news(now)) {
                case ModelGate.News.ShutNow shut ->
                    LOG.warnf(
                            "LH-D015 backend %s refuses every call: model=%s, reason=%s; its lines wait, and one at a time probes it",
                            backend.name(), model, shut.refusal().text());
                case ModelGate.News.OpenAgain open ->
                    LOG.infof(
                            "LH-D016 backend %s takes calls again: model=%s, after=%.1f s",
                            backend.name(), model, open.seconds());
                case null -> {}
            }
        });
    }

    public List<Backend> all() {
        return backends;
    }

    /**
     * The backends that serve a model at an endpoint, in the order of their names.
     *
     * @param model empty for lines that name none; null for any
     */
    public List<Backend> serving(@Nullable String model, String endpoint) {
        return backends.stream()
                .filter(backend -> backend.serves(model, endpoint))
                .toList();
    }

    /** The endpoints at which some backend serves a model. */
    public List<String> endpointsOf(String model) {
        return BatchEndpoints.ALL.stream()
                .filter(endpoint -> !serving(model, endpoint).isEmpty())
                .toList();
    }

    /**
     * The backends of an endpoint of which it is not decided whether they serve a further model to a batch of that age. They are asked
     * for their models at once.
     */
    public List<Backend> undecided(String endpoint, double ageSeconds) {
        List<Backend> undecided = backends.stream()
                .filter(backend -> backend.serves(null, endpoint) && !backend.isDecided(ageSeconds))
                .toList();
        undecided.forEach(Backend::suspect);
        return undecided;
    }

    /** The body fields that some backend of a model refuses at an endpoint. */
    public Set<String> refusedFields(String model, String endpoint) {
        return refusedFields(serving(model, endpoint));
    }

    /** The body fields that some backend refuses. */
    public Set<String> refusedFields() {
        return refusedFields(backends);
    }

    private static Set<String> refusedFields(List<Backend> some) {
        return some.stream()
                .flatMap(backend -> backend.config().refuseFields().orElse(Set.of()).stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}
