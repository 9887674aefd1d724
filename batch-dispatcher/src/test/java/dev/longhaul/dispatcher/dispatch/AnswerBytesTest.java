package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.longhaul.model.jsonl.LineBuffer;
import dev.longhaul.model.jsonl.ResultLine;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes a backend sends, the line that they become is one line of UTF-8 JSON for a reader that forgives nothing. */
class AnswerBytesTest {
    private static final List<Charset> CHARSETS = List.of(
            StandardCharsets.UTF_8,
            StandardCharsets.UTF_16LE,
            StandardCharsets.UTF_16,
            StandardCharsets.ISO_8859_1,
            Charset.forName("UTF-32"));
    private static final List<String> TEXTS = List.of(
            "{\"a\":\"b\"}",
            "{\"text\":\"Grüße, 世界 \uD83D\uDE00\",\"usage\":{\"prompt_tokens\":3,\"total_tokens\":1e999}}",
            "{\"n\":[1.0e-5,-0,0.10,true,false,null,{}],\"deep\":[[[[[\"x\"]]]]]}",
            "{\"escaped\":\"\\ud800 \\u0000 \\u2028\"}",
            "{\"separators\":\"\u2028\u2029\u0085\"}",
            "{\r\n \"pretty\" : [ 1 ,\n 2 ]\t}\r\n",
            "\"bare\"",
            "12345",
            "",
            "<html><body>502 Bad Gateway</body></html>",
            "data: {\"id\":1}\n\ndata: [DONE]\n\n",
            "{\"a\":1}{\"b\":2}",
            "{\"a\":NaN,\"b\":Infinity}",
            "{'single':1,}",
            "{\"a\":01}",
            "{\"a\":1} // comment");
    private static final String ID = "\"cu\\u0073tom é\"";

    private final ResultLine lines = new ResultLine("batch_" + "0".repeat(32));
    private final StrictJson strict = new StrictJson();

    @RepeatedTest(20)
    void anyBytesMakeAValidLine() {
        long seed = RandomGenerator.getDefault().nextLong();
        RandomGenerator random = new java.util.Random(seed);
        for (int i = 0; i < 2_000; i++) {
            check(arbitrary(random), 100 + random.nextInt(900), "seed " + seed + ", answer " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":\"\u00c3\"}", // half a character
                "{\"a\":\"\u00c0\u0080\"}", // a zero, overlong
                "{\"a\":\"\u00ed\u00a0\u0080\"}", // half of a surrogate pair
                "{\"a\":\"\u00f5\u0080\u0080\u0080\"}", // beyond Unicode
                "{\"a\":\"\u00f8\u0088\u0080\u0080\u0080\"}",
                "{\"a\":\"\u0080\"}"
            })
    void whatIsNoUtf8IsNoJsonWhereverItStands(String latin1) {
        byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(AnswerScan.usageOf(bytes, 0, bytes.length)).isNull();
        check(bytes, 200, latin1);
        check(bytes, 500, latin1);
    }

    @Test
    void whatStandsBehindAByteOrderMarkIsTakenWithoutIt() {
        LineBuffer body = buffer("\uFEFF{\"a\":1}".getBytes(StandardCharsets.UTF_8));

        assertThat(AnswerBody.read(200, body, null, -1).json()).isTrue();
        assertThat(new String(body.array(), 0, body.length(), StandardCharsets.UTF_8))
                .isEqualTo("{\"a\":1}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void aRequestIdThatIsEmptyIsNone(String id) {
        assertThat(AnswerBody.read(200, buffer("{}".getBytes(StandardCharsets.UTF_8)), id, -1)
                        .requestId())
                .isNull();
        assertThat(AnswerBody.read(200, buffer(new byte[0]), "req-1", -1).requestId())
                .isEqualTo("req-1");
    }

    private void check(byte[] bytes, int status, String what) {
        LineBuffer body = buffer(bytes);
        Answer.Whole answer = AnswerBody.read(status, body, "id \u00ff\u0007\"", -1);
        LineBuffer out = new LineBuffer(16);
        byte[] id = ID.getBytes(StandardCharsets.UTF_8);
        if (answer.json()) {
            lines.answered(out, 1, id, 0, id.length, status, "id", body.array(), 0, body.length());
        } else {
            lines.answeredWithText(
                    out,
                    1,
                    id,
                    0,
                    id.length,
                    status,
                    String.valueOf(answer.requestId()),
                    body.array(),
                    0,
                    body.length());
        }
        byte[] line = java.util.Arrays.copyOf(out.array(), out.length());
        assertThatCode(() -> strict.readLine(line)).as(what).doesNotThrowAnyException();
    }

    private static byte[] arbitrary(RandomGenerator random) {
        String text = TEXTS.get(random.nextInt(TEXTS.size()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (random.nextInt(4) == 0) {
            bytes.writeBytes("\uFEFF".getBytes(StandardCharsets.UTF_8));
        }
        bytes.writeBytes(text.getBytes(CHARSETS.get(random.nextInt(3) > 0 ? 0 : random.nextInt(CHARSETS.size()))));
        byte[] all = bytes.toByteArray();
        for (int i = random.nextInt(4); i > 0 && all.length > 0; i--) {
            all[random.nextInt(all.length)] = (byte) random.nextInt(256);
        }
        boolean cut = random.nextInt(3) == 0;
        return java.util.Arrays.copyOf(all, cut ? random.nextInt(all.length + 1) : all.length);
    }

    private static LineBuffer buffer(byte[] bytes) {
        LineBuffer buffer = new LineBuffer(16);
        buffer.append(ByteBuffer.wrap(bytes));
        return buffer;
    }
}
