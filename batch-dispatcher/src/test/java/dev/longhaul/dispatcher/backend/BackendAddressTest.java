package dev.longhaul.dispatcher.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        "' http://h:1/v1 ', h, 1, false, /v1/chat/completions"
    })
    void readsABaseUrlWithOrWithoutItsVersion(String url, String host, int port, boolean tls, String path) {
        BackendAddress address = BackendAddress.parse("gpu", url);

        assertThat(address.host()).isEqualTo(host);
        assertThat(address.port()).isEqualTo(port);
        assertThat(address.tls()).isEqualTo(tls);
        assertThat(address.path("/v1/chat/completions")).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "127.0.0.1:8000", "ftp://h/v1", "http://", "http:///v1", "http://a b/v1", "/v1", "http:h"})
    void refusesWhatIsNoHttpUrlAndNamesTheKey(String url) {
        assertThatThrownBy(() -> BackendAddress.parse("gpu", url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("longhaul.backends.gpu.url")
                .hasMessageContaining("http://127.0.0.1:8000/v1");
    }

    @Test
    void refusesWhatItWouldHaveToDrop() {
        for (String url : new String[] {"http://user:pw@h/v1", "http://h/v1?api-version=1", "http://h/v1#x", "http://h:99999/v1"}) {
            assertThatThrownBy(() -> BackendAddress.parse("gpu", url))
                    .hasMessageContaining("longhaul.backends.gpu.url")
                    .hasMessageNotContaining("pw");
        }
    }
}
