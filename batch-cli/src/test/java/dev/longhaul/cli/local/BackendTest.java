package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendTest {

    @Test
    void shouldTakeAUrlAndNumberIt() {
        assertThat(Backend.parse("http://127.0.0.1:8000/v1/", 2))
                .isEqualTo(new Backend("backend-2", URI.create("http://127.0.0.1:8000/v1"), null));
    }

    @Test
    void shouldTakeANameBeforeTheUrl() {
        assertThat(Backend.parse("gpu-a=https://gpu.example/v1", 1))
                .isEqualTo(new Backend("gpu-a", URI.create("https://gpu.example/v1"), null));
    }

    @Test
    void shouldTakeAHostNameWithAnUnderscore() {
        assertThat(Backend.parse("http://my_gpu:8000/v1", 1).url()).isEqualTo(URI.create("http://my_gpu:8000/v1"));
    }

    @Test
    void shouldNotTakeAQueryForAName() {
        assertThatThrownBy(() -> Backend.parse("http://gpu.example/v1?key=a", 1))
                .hasMessage("--backend: 'http://gpu.example/v1?key=a' must end before '?':"
                        + " the base URL of a backend has no query and no fragment");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "8000", "127.0.0.1:8000", "ftp://gpu.example", "http://", "http://a b", "http://gpu:99999/v1", "GPU=http://gpu"})
    void shouldSayWhatIsWrongWithAnythingElse(String text) {
        assertThatThrownBy(() -> Backend.parse(text, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--backend: ");
    }
}
