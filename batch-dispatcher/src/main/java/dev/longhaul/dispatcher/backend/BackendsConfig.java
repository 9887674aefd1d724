package dev.longhaul.dispatcher.backend;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The inference endpoints: {@code longhaul.backends.NAME.*}. */
@ConfigMapping(prefix = "longhaul")
public interface BackendsConfig {
    /** By name. */
    Map<String, BackendConfig> backends();

    /** One endpoint. */
    interface BackendConfig {
        /** Base URL, http or https, with or without {@code /v1}, or that of one of its endpoints. */
        String url();

        /** The query of each request, such as {@code api-version=2024-10-21}. */
        Optional<String> query();

        /** The models it serves; asked from its {@code /v1/models} when absent. */
        Optional<List<String>> models();

        /** The endpoints it serves, such as {@code /v1/embeddings}; all of the Batch API's when absent. */
        Optional<List<String>> endpoints();

        /** The endpoints, such as {@code /v1/moderations}, whose lines without a model it takes; the only backend of one always does. */
        Optional<List<String>> defaultFor();

        /** Top-level fields of request bodies that tenants may not send it. */
        Optional<Set<String>> refuseFields();

        /** What a model that tenants name is called there, by the tenants' name. */
        Map<String, String> rename();

        /** The environment variable that holds its API key. */
        Optional<String> apiKeyEnv();

        /** The file that holds its API key. */
        Optional<String> apiKeyFile();

        /** Calls in flight at most, over all dispatchers. */
        @WithDefault("64")
        int maxInFlight();

        /** Failures of its own, while others of its model succeed, that a line may have. */
        @WithDefault("5")
        int attempts();

        /** How long one call may take. */
        @WithDefault("600s")
        Duration timeout();

        /** Bytes an answer may have. */
        @WithDefault("16777216")
        int maxAnswerBytes();
    }
}
