package dev.longhaul.dispatcher.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackendAddressTest {
    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8000, 127.0.0.1, 8000, false, /v1/chat/completions",
        "http://127.0.0.1:8000/, 127.0.0.1, 8000, false, /v1/chat/completions",
        "http://127.0.0.1:8000/v1, 127.0.0.1, 8000, false, /v1/chat/completions",
        "http://127.0.0.1:8000/v1//, 127.0.0.1, 8000, false, /v1/chat/completions",
        "http://vllm, vllm, 80, false, /v1/chat/completions",
        "http://my_vllm:8000/v1, my_vllm, 8000, false, /v1/chat/completions",
        "https://api.example.com/v1, api.example.com, 443, true, /v1/chat/completions",
        "HTTPS://api.example.com/openai/v1, api.example.com, 443, true, /openai/v1/chat/completions",
        "https://gateway.example.com/team/llm, gateway.example.com, 443, true, /team/llm/v1/chat/completions",
        "http://h/a%20b/v1, h, 80, false, /a%20b/v1/chat/completions",
        "http://h/nov1, h, 80, false, /nov1/v1/chat/completions",
        "' http://h:1/v1 ', h, 1, false, /v1/chat/completions",
        "http://my_gpu_1:8000/v1, my_gpu_1, 8000, false, /v1/chat/completions",
        "http://[::1]:8000/v1, [::1], 8000, false, /v1/chat/completions",
        "http://h/v1/chat/completions, h, 80, false, /v1/chat/completions",
        "http://h/v1/embeddings/, h, 80, false, /v1/chat/completions",
        "http://h/team/v1/models, h, 80, false, /team/v1/chat/completions"
    })
    void readsABaseUrlWithOrWithoutItsVersion(String url, String host, int port, boolean tls, String path) {
        BackendAddress address = BackendAddress.parse("gpu", url, Optional.empty());

        assertThat(address.host()).isEqualTo(host);
        assertThat(address.port()).isEqualTo(port);
        assertThat(address.tls()).isEqualTo(tls);
        assertThat(address.path("/v1/chat/completions")).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "127.0.0.1:8000",
                "ftp://h/v1",
                "http://",
                "http:///v1",
                "http://a b/v1",
                "/v1",
                "http:h",
                "http://h:x/v1",
                "http://h:1:2/v1"
            })
    void refusesWhatIsNoHttpUrlAndNamesTheKey(String url) {
        assertThatThrownBy(() -> BackendAddress.parse("gpu", url, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("longhaul.backends.gpu.url")
                .hasMessageContaining("http://127.0.0.1:8000/v1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h:0/v1", "http://h:99999/v1", "http://h:65536/v1", "http://h:123456789012/v1"})
    void refusesAPortThatThereIsNot(String url) {
        assertThatThrownBy(() -> BackendAddress.parse("gpu", url, Optional.empty()))
                .hasMessageContaining("longhaul.backends.gpu.url")
                .hasMessageContaining("between 1 and 65535");
    }

    @Test
    void aQueryFollowsEachPath() {
        for (String query :
                new String[] {"api-version=2024-10-21", "?api-version=2024-10-21", " api-version=2024-10-21 "}) {
            assertThat(BackendAddress.parse("gpu", "http://h/v1", Optional.of(query))
                            .path("/v1/models"))
                    .isEqualTo("/v1/models?api-version=2024-10-21");
        }
        for (String query : new String[] {"a b", "a#b", "a?b=1", "ä=1", "a\nb"}) {
            assertThatThrownBy(() -> BackendAddress.parse("gpu", "http://h/v1", Optional.of(query)))
                    .hasMessageContaining("longhaul.backends.gpu.query");
        }
        assertThatThrownBy(() -> BackendAddress.parse("gpu", "http://h/v1?api-version=1", Optional.empty()))
                .hasMessageContaining("longhaul.backends.gpu.query");
    }

    @Test
    void refusesWhatItWouldHaveToDrop() {
        for (String url : new String[] {"http://user:pw@h/v1", "http://h/v1?api-version=1", "http://h/v1#x"}) {
            assertThatThrownBy(() -> BackendAddress.parse("gpu", url, Optional.empty()))
                    .hasMessageContaining("longhaul.backends.gpu.url")
                    .hasMessageNotContaining("pw");
        }
    }
}
