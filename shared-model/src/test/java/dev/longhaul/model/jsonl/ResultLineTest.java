package dev.longhaul.model.jsonl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longhaul.model.StopReason;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResultLineTest {
    private static final byte[] ID = "..\"a\\u0062\"..".getBytes(UTF_8);

    private final ResultLine lines = new ResultLine("batch_0f");
    private final LineBuffer out = new LineBuffer(4);

    private String written() {
        return new String(out.array(), 0, out.length(), UTF_8);
    }

    private void answered(String body) {
        byte[] bytes = ("xx" + body + "yy").getBytes(UTF_8);
        lines.answered(out, 1204, ID, 2, ID.length - 2, 200, "req-\"1\"", bytes, 2, bytes.length - 2);
    }

    @Test
    void shouldWriteAnAnswerWithCustomIdAndBodyAsTheyWere() {
        answered("{\"n\": 1.00, \"b\":\"\u00e4\\n\"}");
        assertThat(written())
                .isEqualTo(
                        "{\"id\":\"batch_req_0f_1204\",\"custom_id\":\"a\\u0062\",\"response\":{\"status_code\":200,"
                                + "\"request_id\":\"req-\\\"1\\\"\",\"body\":{\"n\": 1.00, \"b\":\"\u00e4\\n\"}},\"error\":null}\n");
    }

    @Test
    void shouldLeaveOutLineBreaksOfABodyWhereverTheyAre() {
        var random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder body = new StringBuilder();
            int length = random.nextInt(40);
            for (int i = 0; i < length; i++) {
                body.append("\n\r\t\u000b\fab\u00e9".charAt(random.nextInt(8)));
            }
            out.truncate(0);
            byte[] bytes = body.toString().getBytes(UTF_8);
            ResultLine.appendBody(out, bytes, 0, bytes.length);
            assertThat(written()).isEqualTo(body.toString().replaceAll("[\r\n]", ""));
        }
    }

    @Test
    void shouldWriteTheUnservedLinesError() {
        StopReason reason = StopReason.EXPIRED;
        lines.unanswered(out, 1, ID, 2, ID.length - 2, reason.errorCode(), reason.message());
        assertThat(written())
                .isEqualTo(
                        "{\"id\":\"batch_req_0f_1\",\"custom_id\":\"a\\u0062\",\"response\":null,\"error\":{\"code\":"
                                + "\"batch_expired\",\"message\":\"This request could not be executed before the completion window expired.\"}}\n");
    }

    @Test
    void shouldTurnABodyThatIsNoJsonIntoAString() {
        byte[] body = {'<', '"', '\\', '\n', 1, (byte) 0xc3, (byte) 0xa4, (byte) 0xff, 0x7f};
        lines.answeredWithText(out, 1, ID, 2, ID.length - 2, 502, "r", body, 0, body.length);
        assertThat(written()).contains("\"body\":\"<\\\"\\\\\\u000a\\u0001\u00e4\ufffd\\u007f\"},\"error\":null}\n");
    }

    @Test
    void shouldCutALongBodyThatIsNoJson() {
        byte[] body = new byte[3 * ResultLine.MAX_TEXT_BYTES];
        lines.answeredWithText(out, 1, ID, 2, ID.length - 2, 502, "r", body, 0, body.length);
        assertThat(out.length()).isBetween(6 * ResultLine.MAX_TEXT_BYTES, 6 * ResultLine.MAX_TEXT_BYTES + 200);
    }

    @Test
    void shouldTakeBackALine() {
        answered("1");
        int first = out.length();
        String before = written();
        answered("2");
        out.truncate(first);
        assertThat(written()).isEqualTo(before);
        assertThatThrownBy(() -> out.truncate(first + 1)).hasMessageContaining("newLength");
    }

    @Test
    void shouldAppendABufferAndLeaveItAsItWas() {
        ByteBuffer part = ByteBuffer.wrap("abcdef".getBytes(UTF_8), 2, 3);
        out.append(part);
        assertThat(written()).isEqualTo("cde");
        assertThat(part.remaining()).isEqualTo(3);
        assertThat(out.view().remaining()).isEqualTo(3);
    }

    @Test
    void shouldWriteNumbersOfEveryLength() {
        for (long number : new long[] {0, 9, 10, 99, 1_000_000_007L, Long.MAX_VALUE}) {
            out.truncate(0);
            out.appendNumber(number);
            assertThat(written()).isEqualTo(Long.toString(number));
        }
    }
}
