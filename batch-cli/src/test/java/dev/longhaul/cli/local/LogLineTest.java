package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogLineTest {

    @Test
    void shouldShowOfAStructuredLineWhatAPersonWants() {
        assertThat(LogLine.readable("{\"timestamp\":\"T\",\"sequence\":1,\"loggerName\":\"io.quarkus.Application\","
                        + "\"level\":\"ERROR\",\"message\":\"Port 1 is taken\",\"exception\":{\"refId\":1,"
                        + "\"exceptionType\":\"java.net.BindException\",\"message\":\"in use\"}}"))
                .isEqualTo("T ERROR Application: Port 1 is taken (java.net.BindException: in use)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ready", "{not json", "{\"a\":1}", ""})
    void shouldLeaveAnyOtherLineAsItIs(String line) {
        assertThat(LogLine.readable(line)).isEqualTo(line);
    }
}
