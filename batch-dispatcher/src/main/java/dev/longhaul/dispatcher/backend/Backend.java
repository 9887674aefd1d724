package dev.longhaul.dispatcher.backend;

import dev.longhaul.dispatcher.backend.BackendsConfig.BackendConfig;
import dev.longhaul.model.BatchEndpoints;
import dev.longhaul.model.Topics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One inference endpoint as this process knows it. Any thread.
 *
 * <p>It is <em>down</em> while no probe can reach it: no line starts there then. Whether a model can be called there is also taught
 * by the answers to its lines, see {@link ModelGate}. Neither costs a line an attempt.
 */
public final class Backend {
    /**
     * What a record on Kafka has room for beside the other lines of the chunk that a long answer completes (512 KiB), their header, and
     * the answer's {@code custom_id}. A chunk that fits no record could never be sent.
     */
    static final int MOST_ANSWER_BYTES = Topics.MAX_RECORD_BYTES - (1 << 20);

    private final String name;
    private final BackendAddress address;
    private final HostAddresses addresses;
    private final BackendConfig config;
    private final List<String> endpoints;
    private final @Nullable String authorization;
    private final ListTiming listTiming = new ListTiming(System.nanoTime());
    private final Set<String> defaultFor;
    private volatile @Nullable Set<String> models;
    private volatile Set<String> remembered = Set.of();
    private volatile long askedNanos;
    private volatile boolean asked;
    private volatile boolean down;
    private volatile boolean suspected;
    private volatile boolean takesOurKey;
    private final AtomicReference<String> redirect = new AtomicReference<>("");
    private final ModelGates gates = new ModelGates();

    /**
     * Checks one backend's configuration.
     *
     * @throws IllegalArgumentException naming the key that is wrong
     */
    public Backend(String name, BackendConfig config) {
        this.name = name;
        this.config = config;
        this.address = BackendAddress.parse(name, config.url(), config.query());
        this.addresses = new HostAddresses(address.host(), address.port());
        requireAtLeastOne("max-in-flight", config.maxInFlight());
        requireAtLeastOne("attempts", config.attempts());
        requireAtLeastOne("max-answer-bytes", config.maxAnswerBytes());
        if (config.maxAnswerBytes() > MOST_ANSWER_BYTES) {
            throw refusal(
                    "max-answer-bytes",
                    "must be at most " + MOST_ANSWER_BYTES + ", what a Kafka record of ours has room for");
        }
        if (config.timeout().toMillis() < 1) {
            throw refusal("timeout", "must be at least 1 ms");
        }
        this.endpoints = config.endpoints().orElse(BatchEndpoints.ALL);
        endpoints.stream()
                .filter(endpoint -> !BatchEndpoints.ALL.contains(endpoint))
                .findFirst()
                .ifPresent(unknown -> {
                    throw refusal("endpoints", "'" + unknown + "' is none of " + String.join(", ", BatchEndpoints.ALL));
                });
        this.defaultFor = defaultFor(config.defaultFor().orElse(List.of()));
        this.models = config.models().<Set<String>>map(Set::copyOf).orElse(null);
        this.authorization =
                BackendKey.read(name, config).map(key -> "Bearer " + key).orElse(null);
    }

    private Set<String> defaultFor(List<String> configured) {
        for (String endpoint : configured) {
            if (!endpoints.contains(endpoint) || !BatchEndpoints.MODEL_OPTIONAL.contains(endpoint)) {
                throw refusal(
                        "default-for",
                        "'" + endpoint + "' must be one of its endpoints, and of "
                                + String.join(", ", BatchEndpoints.MODEL_OPTIONAL));
            }
        }
        Set<String> taken = ConcurrentHashMap.newKeySet();
        taken.addAll(configured);
        return taken;
    }

    private IllegalArgumentException refusal(String key, String why) {
        return new IllegalArgumentException("longhaul.backends." + name + "." + key + ": " + why);
    }

    private void requireAtLeastOne(String key, int value) {
        if (value < 1) {
            throw refusal(key, "must be at least 1");
        }
    }

    public String name() {
        return name;
    }

    public BackendAddress address() {
        return address;
    }

    /** Where to connect to. */
    public HostAddresses addresses() {
        return addresses;
    }

    public BackendConfig config() {
        return config;
    }

    /** The value of the {@code Authorization} header, if it wants one. */
    public @Nullable String authorization() {
        return authorization;
    }

    /** Whether its list of models is known, by configuration or because it said so. */
    public boolean modelsKnown() {
        return models != null;
    }

    /** Whether it is asked which models it serves, since its configuration does not say. */
    boolean namesItsModels() {
        return config.models().isEmpty();
    }

    /** Takes over the list of models that the backend named itself; returns whether it is another than before. */
    boolean learnModels(Set<String> named) {
        listTiming.succeeded(System.nanoTime());
        boolean news = !named.equals(models);
        models = Set.copyOf(named);
        return news;
    }

    /** It named no models when it was asked, and keeps those it named before; returns whether the trouble is news. */
    boolean namedNoModels(String trouble) {
        return listTiming.failed(System.nanoTime(), trouble);
    }

    /** Takes over the models that the cluster knows of it, which count until it names its models to this process. */
    void remember(Set<String> known) {
        remembered = Set.copyOf(known);
    }

    /** Notes that an attempt to ask for its models has ended, whatever came of it. */
    void noteAsked() {
        askedNanos = System.nanoTime();
        asked = true;
    }

    /**
     * Whether what is known of its models decides about a batch of that age: it was asked since, and one list at least is known. A
     * backend that cannot be reached is judged by the list that it named last, to whichever dispatcher.
     */
    boolean isDecided(double ageSeconds) {
        boolean named = models != null || !remembered.isEmpty();
        return !namesItsModels() || (named && asked && System.nanoTime() - askedNanos <= ageSeconds * 1e9);
    }

    /** Whether it takes the lines of an endpoint that name no model. */
    boolean isDefaultFor(String endpoint) {
        return defaultFor.contains(endpoint);
    }

    /** Has it take the lines of an endpoint that name no model. */
    void becomeDefaultFor(String endpoint) {
        defaultFor.add(endpoint);
    }

    private Set<String> known() {
        Set<String> named = models;
        return named == null ? remembered : named;
    }

    /** Whether it serves a model, under the name that tenants use, at any of its endpoints. */
    boolean serves(String model) {
        return known().contains(model) || config.rename().containsKey(model);
    }

    /**
     * Whether it takes lines of that endpoint, {@code /v1/embeddings} say, and model.
     *
     * @param model empty for lines that name none; null for any
     */
    public boolean serves(@Nullable String model, String endpoint) {
        return endpoints.contains(endpoint)
                && (model == null || (model.isEmpty() ? isDefaultFor(endpoint) : serves(model)));
    }

    /** The models it serves, by the names that tenants use; empty while they are not known. */
    Set<String> served() {
        Set<String> served = new TreeSet<>(known());
        served.addAll(config.rename().keySet());
        return served;
    }

    /** The name that the backend itself uses for a model of the tenants. */
    public String modelThere(String model) {
        return config.rename().getOrDefault(model, model);
    }

    /** Which of its models can be called. */
    public ModelGates gates() {
        return gates;
    }

    /** The gate of a model, by the tenants' name; of lines that name none when that is empty or null. */
    public ModelGate gate(@Nullable String model) {
        return gates.of(model);
    }

    /** Whether a line of that model could start there now. */
    public boolean isOpenFor(@Nullable String model) {
        return !down && gates.of(model).isOpen();
    }

    /** Under which name dispatchers report how many of the lines that they want here are not wanted of a model. */
    public String lessOf(String model) {
        return name + " " + model;
    }

    /**
     * Whether any dispatcher wants lines of a model here.
     *
     * @param wanted the sums over all dispatchers, by backend and by {@link #lessOf}
     */
    public boolean isWanted(@Nullable String model, Map<String, Integer> wanted) {
        Integer less = wanted.get(lessOf(model == null ? "" : model));
        return less == null || wanted.getOrDefault(name, 0) + less > 0;
    }

    /** Whether its list of models was given for our key when it was last asked. */
    public boolean takesOurKey() {
        return takesOurKey;
    }

    /** Notes how it answered when it was asked for its models; what is well again is worth a try at once. */
    void listAnswered(boolean well) {
        if (well && !takesOurKey) {
            gates.hint();
        }
        takesOurKey = well;
    }

    /** Notes that it redirected a call; returns whether it is news that it does so to there. */
    public boolean redirectedTo(String target) {
        return !redirect.getAndSet(target).equals(target);
    }

    public boolean isDown() {
        return down;
    }

    /** Sets whether it is down; returns whether that is news. */
    public synchronized boolean setDown(boolean value) {
        boolean news = down != value;
        down = value;
        if (news && !value) {
            gates.hint();
        }
        return news;
    }

    /** Says that it could not be reached; the next probe tells. */
    public void suspect() {
        suspected = true;
    }

    /** Whether a probe should look at it now. */
    boolean wantsProbe() {
        boolean look =
                down || suspected || gates.isAnyShut() || (namesItsModels() && listTiming.isDue(System.nanoTime()));
        suspected = false;
        return look;
    }
}
