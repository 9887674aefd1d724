package dev.longhaul.dispatcher.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longhaul.dispatcher.backend.BackendsConfig.BackendConfig;
import dev.longhaul.model.BatchEndpoints;
import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.SliceId;
import dev.longhaul.model.Topics;
import dev.longhaul.model.Usage;
import dev.longhaul.model.jsonl.LineTokenizer;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendTest {
    @TempDir
    Path directory;

    @Test
    void hasDefaultsForAllButItsUrl() {
        BackendConfig config = config(Map.of());

        assertThat(config.maxInFlight()).isEqualTo(64);
        assertThat(config.attempts()).isEqualTo(5);
        assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(600));
        assertThat(config.maxAnswerBytes()).isEqualTo(16 << 20);
        assertThat(new Backend("gpu", config).authorization()).isNull();
        assertThat(BatchEndpoints.ALL)
                .allMatch(endpoint -> backend(Map.of("models", "m")).serves("m", endpoint));
    }

    @Test
    void takesEveryKey() throws IOException {
        Path key = Files.writeString(directory.resolve("key"), "sk-1\n");
        Backend backend = backend(Map.of(
                "models", "a,b",
                "endpoints", "/v1/chat/completions,/v1/embeddings",
                "rename.small", "org/small-8b",
                "api-key-file", key.toString(),
                "max-in-flight", "3",
                "attempts", "2",
                "timeout", "5s",
                "max-answer-bytes", "1024"));

        assertThat(backend.serves("a")).isTrue();
        assertThat(backend.serves("small")).isTrue();
        assertThat(backend.serves("c")).isFalse();
        assertThat(backend.serves("a", "/v1/embeddings")).isTrue();
        assertThat(backend.serves("c", "/v1/embeddings")).isFalse();
        assertThat(backend.serves("a", "/v1/responses")).isFalse();
        assertThat(backend.serves(null, "/v1/embeddings")).isTrue();
        assertThat(backend.serves(null, "/v1/responses")).isFalse();
        assertThat(backend.modelThere("small")).isEqualTo("org/small-8b");
        assertThat(backend.modelThere("a")).isEqualTo("a");
        assertThat(backend.authorization()).isEqualTo("Bearer sk-1");
        assertThat(backend.config().timeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void servesNothingUntilItsModelsAreKnown() {
        Backend backend = backend(Map.of());
        assertThat(backend.modelsKnown()).isFalse();
        assertThat(backend.serves("m")).isFalse();

        assertThat(backend.learnModels(Set.of("m"))).isTrue();
        assertThat(backend.learnModels(Set.of("m"))).isFalse();

        assertThat(backend.modelsKnown()).isTrue();
        assertThat(backend.serves("m")).isTrue();
    }

    @Test
    void refusesWhatCannotWorkAndNamesTheKey() throws IOException {
        refused("max-in-flight", "0");
        refused("attempts", "0");
        refused("timeout", "0s");
        refused("max-answer-bytes", "0");
        refused("max-answer-bytes", String.valueOf(Backend.MOST_ANSWER_BYTES + 1));
        refused("endpoints", "/v1/embeddings,/v1/embedding");
        refused("api-key-env", "LONGHAUL_NO_SUCH_VARIABLE");
        refused("api-key-file", directory.resolve("missing").toString());
        refused(
                "api-key-file",
                Files.writeString(directory.resolve("empty"), " \n").toString());
        refused(
                "api-key-file",
                Files.writeString(directory.resolve("two"), "a\nb").toString());
        refused("url", "localhost");
        refused("default-for", "/v1/embeddings");
    }

    @Test
    void theLongestAnswerFitsARecordBesideAFullChunkOfTheSmallestLines() {
        int chunk = 512 * 1024;
        ByteBuffer lines = ByteBuffer.allocate(chunk + Backend.MOST_ANSWER_BYTES + LineTokenizer.MAX_CUSTOM_ID_BYTES);
        ResultChunk.Entry entry = new ResultChunk.Entry(0, LineOutcome.COMPLETED, 1, Usage.NONE);

        byte[] record = new ResultChunk(
                        new SliceId("batch_" + "x".repeat(32), 0),
                        1,
                        Collections.nCopies(8_192, entry),
                        lines,
                        ByteBuffer.allocate(0))
                .encode();

        // The rest is for ids around the answer, and for Kafka.
        assertThat(record.length).isLessThan(Topics.MAX_RECORD_BYTES - 16 * 1024);
    }

    @Test
    void takesLinesWithoutAModelAsFarAsItIsTheDefault() {
        Backend backend = backend(Map.of("models", "m", "default-for", "/v1/moderations"));

        assertThat(backend.serves("", "/v1/moderations")).isTrue();
        assertThat(backend.serves("", "/v1/images/generations")).isFalse();
        assertThat(backend.serves("", "/v1/embeddings")).isFalse();
    }

    @Test
    void servesWhatTheClusterRemembersUntilItNamesItsModels() {
        Backend backend = backend(Map.of());
        backend.remember(Set.of("old"));
        assertThat(backend.serves("old")).isTrue();
        assertThat(backend.modelsKnown()).isFalse();

        backend.learnModels(Set.of("new"));

        assertThat(backend.serves("old")).isFalse();
        assertThat(backend.serves("new")).isTrue();
    }

    @Test
    void aModelIsWantedAsLongAsAnyDispatcherCanCallIt() {
        Backend backend = backend(Map.of("models", "m,n"));
        // One dispatcher wants 10 lines, and 10 less of m; another one wants 20.
        Map<String, Integer> wanted = Map.of("gpu", 30, backend.lessOf("m"), -10);

        assertThat(backend.isWanted("m", wanted)).isTrue();
        assertThat(backend.isWanted("n", wanted)).isTrue();
        assertThat(backend.isWanted(null, wanted)).isTrue();
        assertThat(backend.isWanted("m", Map.of("gpu", 30, backend.lessOf("m"), -30)))
                .isFalse();
        assertThat(backend.isWanted("n", Map.of("gpu", 30, backend.lessOf("m"), -30)))
                .isTrue();
    }

    @Test
    void tellsOnlyNewsAboutBeingDown() {
        Backend backend = backend(Map.of("models", "m"));

        assertThat(backend.setDown(true)).isTrue();
        assertThat(backend.setDown(true)).isFalse();
        assertThat(backend.isDown()).isTrue();
        assertThat(backend.setDown(false)).isTrue();
    }

    @Test
    void isProbedWhileDownOrUnknownAndOnceWhenSuspected() {
        assertThat(backend(Map.of()).wantsProbe()).isTrue();
        Backend backend = backend(Map.of("models", "m"));
        assertThat(backend.wantsProbe()).isFalse();

        backend.suspect();

        assertThat(backend.wantsProbe()).isTrue();
        assertThat(backend.wantsProbe()).isFalse();
    }

    private static void refused(String key, String value) {
        assertThatThrownBy(() -> backend(Map.of(key, value)))
                .as("%s=%s", key, value)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("longhaul.backends.gpu." + key);
    }

    private static Backend backend(Map<String, String> keys) {
        return new Backend("gpu", config(keys));
    }

    static BackendConfig config(Map<String, String> keys) {
        Map<String, String> values = new HashMap<>();
        values.put("longhaul.backends.gpu.url", "http://127.0.0.1:1/v1");
        keys.forEach((key, value) -> values.put("longhaul.backends.gpu." + key, value));
        BackendConfig config = new SmallRyeConfigBuilder()
                .withMapping(BackendsConfig.class)
                .withConverter(Duration.class, 100, new DurationConverter())
                .withDefaultValues(values)
                .build()
                .getConfigMapping(BackendsConfig.class)
                .backends()
                .get("gpu");
        if (config == null) {
            throw new IllegalStateException("no such backend");
        }
        return config;
    }
}
