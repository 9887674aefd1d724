package dev.longhaul.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictLinesTest {

    @Test
    void objectsOneALineAreCounted() throws IOException {
        assertThat(count("")).isZero();
        assertThat(count("{\"a\":\"\\ud83d\"}\n{ \"b\":[{}] }\r\n")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{}\n\n", "{}\n{} {}\n", "[]\n", "{\"a\":\n1}\n", "{\"a\":1", "{}x\n", "\uFEFF{}\n", "{'a':1}\n"})
    void whatAStrictClientRefusesIsRefusedWithItsLine(String text) {
        assertThatThrownBy(() -> count(text)).isInstanceOf(IOException.class).hasMessageStartingWith("line ");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        byte[] halfACharacter = "{\"a\":\"é\"}\n".getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> StrictLines.count(new ByteArrayInputStream(halfACharacter)))
                .isInstanceOf(IOException.class);
    }

    private static long count(String text) throws IOException {
        return StrictLines.count(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
}
