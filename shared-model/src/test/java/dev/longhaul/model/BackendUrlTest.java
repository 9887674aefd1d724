package dev.longhaul.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackendUrlTest {
    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8000/v1, false, 127.0.0.1, 8000, /v1",
        "http://vllm, false, vllm, 80, ''",
        "HTTPS://api.example.com/openai/v1//, true, api.example.com, 443, /openai/v1",
        "' http://h:1/v1 ', false, h, 1, /v1",
        "http://h:/v1, false, h, 80, /v1",
        "http://my_vllm:8000/v1, false, my_vllm, 8000, /v1",
        "https://stack_gpu-1.internal_net/v1, true, stack_gpu-1.internal_net, 443, /v1",
        "http://[::1]:8000/v1, false, [::1], 8000, /v1",
        "http://h/a%20b/v1, false, h, 80, /a%20b/v1",
        "http://h:65535, false, h, 65535, ''"
    })
    void shouldReadABaseUrl(String url, boolean tls, String host, int port, String path) {
        assertThat(BackendUrl.parse(url)).isEqualTo(new BackendUrl(tls, host, port, path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "8000",
                "127.0.0.1:8000",
                "ftp://h/v1",
                "http://",
                "http:///v1",
                "http://a b/v1",
                "/v1",
                "http:h",
                "http://h:80a/v1",
                "http://h/a b",
                "http://h/%zz",
                "http://h\n/v1",
                "http://ü/v1",
                "http://[::1/v1"
            })
    void shouldShowAnExampleForWhatIsNotAUrl(String url) {
        assertThatThrownBy(() -> BackendUrl.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not an http or https URL")
                .hasMessageContaining(BackendUrl.EXAMPLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "99999", "99999999999999999999"})
    void shouldNameAPortThatDoesNotExist(String port) {
        assertThatThrownBy(() -> BackendUrl.parse("http://h:" + port + "/v1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the port " + port)
                .hasMessageContaining("between 1 and 65535");
    }

    @Test
    void shouldRefuseWhatWouldHaveToBeDropped() {
        assertThatThrownBy(() -> BackendUrl.parse("https://h/v1?api-version=1"))
                .hasMessageContaining("must end before '?'");
        assertThatThrownBy(() -> BackendUrl.parse("https://h/v1#x")).hasMessageContaining("must end before '#'");
        assertThatThrownBy(() -> BackendUrl.parse("https://user:secret@h/v1"))
                .hasMessageContaining("user or password")
                .hasMessageNotContaining("secret");
    }
}
