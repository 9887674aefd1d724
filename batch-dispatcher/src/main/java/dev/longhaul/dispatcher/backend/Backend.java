package dev.longhaul.dispatcher.backend;

import dev.longhaul.dispatcher.backend.BackendsConfig.BackendConfig;
import dev.longhaul.model.BatchEndpoints;
import dev.longhaul.model.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One inference endpoint as this process knows it. Any thread.
 *
 * <p>It is <em>down</em> from a refused connection, or a probe that found it so, until it answers a probe: no line starts there
 * then, and none loses an attempt.
 */
public final class Backend {
    /**
     * What a record on Kafka has room for beside the other lines of the chunk that a long answer completes (512 KiB), their header, and
     * the answer's {@code custom_id}. A chunk that fits no record could never be sent.
     */
    static final int MOST_ANSWER_BYTES = Topics.MAX_RECORD_BYTES - (1 << 20);

    /** So long after it said that it is asked too much it still counts as busy. */
    private static final long LIMITED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String name;
    private final BackendAddress address;
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
    private volatile long limitedNanos = System.nanoTime() - LIMITED_NANOS;

    /**
     * Checks one backend's configuration.
     *
     * @throws IllegalArgumentException naming the key that is wrong
     */
    public Backend(String name, BackendConfig config) {
        this.name = name;
        this.config = config;
        this.address = BackendAddress.parse(name, config.url());
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
        this.authorization = credential().map(key -> "Bearer " + key).orElse(null);
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

    private Optional<String> credential() {
        if (config.apiKeyFile().isPresent()) {
            Path file = Path.of(config.apiKeyFile().get());
            try {
                return Optional.of(
                        checkedKey("api-key-file", Files.readString(file).strip()));
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "longhaul.backends." + name + ".api-key-file: cannot read " + file + ": " + e.getMessage(), e);
            }
        }
        return config.apiKeyEnv().map(variable -> {
            String key = System.getenv(variable);
            if (key == null || key.isBlank()) {
                throw new IllegalArgumentException(
                        "longhaul.backends." + name + ".api-key-env: the environment has no " + variable);
            }
            return checkedKey("api-key-env", key.strip());
        });
    }

    /** A key goes into a header, so it must be one word. */
    private String checkedKey(String key, String value) {
        if (value.isEmpty() || value.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw refusal(key, "is no API key: it must be one word of visible ASCII characters");
        }
        return value;
    }

    public String name() {
        return name;
    }

    public BackendAddress address() {
        return address;
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

    /** Notes that it answered that it is asked too much. */
    public void askedTooMuch() {
        limitedNanos = System.nanoTime();
    }

    /** Whether it said so in the last seconds. */
    boolean isLimited() {
        return System.nanoTime() - limitedNanos < LIMITED_NANOS;
    }

    public boolean isDown() {
        return down;
    }

    /** Sets whether it is down; returns whether that is news. */
    public synchronized boolean setDown(boolean value) {
        boolean news = down != value;
        down = value;
        return news;
    }

    /** Says that its answers look as if it were down; the next probe tells. */
    public void suspect() {
        suspected = true;
    }

    /** Whether a probe should look at it now. */
    boolean wantsProbe() {
        boolean look = down || suspected || (namesItsModels() && listTiming.isDue(System.nanoTime()));
        suspected = false;
        return look;
    }
}
