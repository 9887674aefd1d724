package dev.longhaul.dispatcher.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelListTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"object\":\"list\",\"data\":[{\"id\":\"a\",\"object\":\"model\"},{\"id\":\"b\"}]}",
                "{\"models\":[{\"name\":\"a\",\"model\":\"a\"},{\"name\":\"b\"}]}",
                "{\"models\":[\"a\",\"b\"]}",
                "{\"data\":{\"models\":[{\"id\":\"a\"},\"b\"]}}",
                "{\"data\":null,\"models\":[{\"model\":\"a\"},{\"id\":7,\"name\":\"b\"}]}",
                "[{\"id\":\"a\"},{\"id\":\"b\"}]",
                "[\"a\",\"b\"]",
                "\uFEFF[\"a\",\"b\"]",
                "[\"a\",7,null,{},[],{\"id\":null},{\"id\":\" \"},\"\",{\"object\":\"x\"},\"b\"]"
            })
    void readsTheShapesThatBackendsHave(String body) {
        assertThat(ModelList.read(Buffer.buffer(body))).containsExactlyInAnyOrder("a", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "7",
                "\"a\"",
                "{}",
                "[]",
                "{\"data\":[]}",
                "{\"data\":7}",
                "welcome",
                "[\"a\"",
                "<html>"
            })
    void anythingElseIsNoList(String body) {
        assertThat(ModelList.read(Buffer.buffer(body))).isEmpty();
    }

    @Test
    void bytesThatAreNoTextAreNoList() {
        assertThat(ModelList.read(Buffer.buffer(new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 1})))
                .isEmpty();
    }
}
