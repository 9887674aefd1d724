package dev.longhaul.api.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class SetupReasonTest {
    @Test
    void shouldSayWhatTheInnermostCauseSaysOnOneLine() {
        assertThat(Setup.reason(new IllegalStateException("outer", new ConnectException("refused\nhere"))))
                .isEqualTo("refused; here");
    }

    @Test
    void shouldNameACauseThatSaysNothing() {
        assertThat(Setup.reason(new IllegalStateException("outer", new TimeoutException())))
                .isEqualTo("TimeoutException");
    }
}
