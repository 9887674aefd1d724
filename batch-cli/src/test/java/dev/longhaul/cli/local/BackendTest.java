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
                .isEqualTo(new Backend("backend-2", URI.create("http://127.0.0.1:8000/v1")));
    }

    @Test
    void shouldTakeANameBeforeTheUrl() {
        assertThat(Backend.parse("gpu-a=https://gpu.example/v1?x=1", 1))
                .isEqualTo(new Backend("gpu-a", URI.create("https://gpu.example/v1?x=1")));
    }

    @Test
    void shouldNotTakeAQueryForAName() {
        assertThat(Backend.parse("http://gpu.example/v1?key=a", 1).name()).isEqualTo("backend-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "8000", "127.0.0.1:8000", "ftp://gpu.example", "http://", "http://a b", "GPU=http://gpu"})
    void shouldSayWhatIsWrongWithAnythingElse(String text) {
        assertThatThrownBy(() -> Backend.parse(text, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the backend");
    }
}
