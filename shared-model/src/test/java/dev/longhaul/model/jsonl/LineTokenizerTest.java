package dev.longhaul.model.jsonl;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineTokenizerTest {
    private static final String NOT_JSON = "This line is not parseable as valid JSON: ";

    private final LineTokenizer tokenizer = new LineTokenizer(100_000, 512);

    @Test
    void findsEachFieldWhereItWasWritten() {
        String body =
                "{\"n\":1.000, \"model\" : \"gpt\\u002d4\", \"messages\":[{\"model\":\"inner\"}],\"stream\":false}";
        String text = "{ \"custom_id\" : \"a\\u0062\",\"method\":\"POST\",\"url\":\"/v1/x\",\"body\":" + body + " }";

        RequestLine line = read(text);

        assertThat(text(line, line.customIdStart(), line.customIdEnd())).isEqualTo("\"a\\u0062\"");
        assertThat(line.customId()).isEqualTo("ab");
        assertThat(line.customIdIsEscaped()).isTrue();
        assertThat(line.url()).isEqualTo("/v1/x");
        assertThat(text(line, line.bodyStart(), line.bodyEnd())).isEqualTo(body);
        assertThat(line.model()).isEqualTo("gpt-4");
        assertThat(text(line, line.modelStart(), line.modelEnd())).isEqualTo("\"gpt\\u002d4\"");
        assertThat(line.stream()).isFalse();
        assertThat(line.has(InputField.MESSAGES)).isTrue();
        assertThat(line.has(InputField.INPUT)).isFalse();
    }

    @Test
    void positionsAreIndexesIntoTheGivenArray() {
        String text = line("\"id\"", "{\"model\":\"m\",\"input\":\"ä\"}");
        byte[] array = ("before " + text + "} after").getBytes(UTF_8);

        LineOutcome outcome = tokenizer.tokenize(array, 7, text.getBytes(UTF_8).length);

        assertThat(outcome).isInstanceOfSatisfying(RequestLine.class, line -> {
            assertThat(line.array()).isSameAs(array);
            assertThat(text(line, line.customIdStart(), line.customIdEnd())).isEqualTo("\"id\"");
            assertThat(text(line, line.modelStart(), line.modelEnd())).isEqualTo("\"m\"");
            assertThat(text(line, line.bodyStart(), line.bodyEnd())).isEqualTo("{\"model\":\"m\",\"input\":\"ä\"}");
        });
    }

    @Test
    void aLineKeepsItsValuesWhenTheTokenizerIsUsedAgain() {
        RequestLine first = read(line("\"1\"", "{\"model\":\"m1\",\"stream\":true}"));

        RequestLine second = read(line("\"22\"", "{\"model\":\"m2\"}"));

        assertThat(first.customId()).isEqualTo("1");
        assertThat(first.model()).isEqualTo("m1");
        assertThat(first.stream()).isTrue();
        assertThat(second.customId()).isEqualTo("22");
        assertThat(second.model()).isEqualTo("m2");
        assertThat(second.stream()).isFalse();
    }

    @Test
    void repeatedModelsAndUrlsAreOneString() {
        RequestLine first = read(line("\"1\"", "{\"model\":\"m\"}"));
        RequestLine second = read(line("\"2\"", "{\"model\":\"m\"}"));

        assertThat(second.model()).isSameAs(first.model());
        assertThat(second.url()).isSameAs(first.url());
    }

    @Test
    void escapedKeysAreTheSameKeys() {
        assertThat(
                        read("{\"custom\\u005fid\":\"a\",\"method\":\"POST\",\"url\":\"u\",\"body\":{\"mod\\u0065l\":\"m\"}}")
                                .model())
                .isEqualTo("m");
    }

    @Test
    void aNullIsAnAbsentField() {
        RequestLine line = read(line("\"1\"", "{\"model\":null,\"stream\":null,\"messages\":null}"));

        assertThat(line.model()).isNull();
        assertThat(line.stream()).isFalse();
        assertThat(line.has(InputField.MESSAGES)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"text\" | 1",
                "[\"a\",\"b\"] | 2",
                "[] | 0",
                "[1,2,3] | 1",
                "[[1,2],[3],[4]] | 3",
                "[{\"a\":[1,2]},\"b\"] | 2",
                "{\"a\":[1,2]} | 1"
            })
    void itemsOfAnInputAreCountedUnlessTheyAreTokens(String input, int inputs) {
        RequestLine line = read(line("\"1\"", "{\"input\":" + input + ",\"model\":\"m\"}"));

        assertThat(line.inputs()).isEqualTo(inputs);
        assertThat(line.model()).isEqualTo("m");
    }

    @Test
    void unknownFieldsAndLongValuesPass() {
        String digits = "9".repeat(5000);
        RequestLine line =
                read("{\"extra\":[1,{\"a\":" + digits + "}],\"custom_id\":\"1\",\"method\":\"POST\",\"url\":\"u\","
                        + "\"body\":{\"" + "k".repeat(60_000) + "\":-1.5E+30}}");

        assertThat(line.customId()).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"custom_id", "method", "url", "body"})
    void aMissingFieldIsNamed(String field) {
        String whole = line("\"1\"", "{}");
        String without = whole.replace("\"" + field + "\"", "\"other\"");
        String withNull = whole.replaceAll("\"" + field + "\":(\"[^\"]*\"|\\{})", "\"" + field + "\":null");

        LineProblem expected =
                new LineProblem("missing_required_parameter", "Missing required parameter: '" + field + "'.", field);
        assertThat(refuse(without)).isEqualTo(expected);
        assertThat(refuse(withNull)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "custom_id|7|a string|an integer",
                "custom_id|7.5|a string|a decimal number",
                "custom_id|[1]|a string|an array",
                "method|true|a string|a boolean",
                "url|{\"a\":1}|a string|an object",
                "body|\"text\"|an object|a string",
                "body|[{}]|an object|an array",
            })
    void aFieldOfTheWrongTypeIsNamed(String field, String value, String expected, String got) {
        String text = line("\"1\"", "{}")
                .replaceAll("\"" + field + "\":(\"[^\"]*\"|\\{})", "\"" + field + "\":" + value.replace("\\", "\\\\"));

        assertThat(refuse(text))
                .isEqualTo(new LineProblem(
                        "invalid_type",
                        "Invalid type for '" + field + "': expected " + expected + ", but got " + got + " instead.",
                        field));
    }

    @Test
    void aModelOrStreamOfTheWrongTypeIsNamed() {
        assertThat(refuse(line("\"1\"", "{\"model\":1}")).param()).isEqualTo("body.model");
        assertThat(refuse(line("\"1\"", "{\"stream\":\"true\"}")).message())
                .isEqualTo("Invalid type for 'body.stream': expected a boolean, but got a string instead.");
    }

    @Test
    void anEmptyCustomIdAndAnotherMethodAreInvalidValues() {
        assertThat(refuse(line("\"\"", "{}")).code()).isEqualTo("invalid_value");
        assertThat(refuse(line("\"\"", "{}")).param()).isEqualTo("custom_id");
        assertThat(refuse(line("\"1\"", "{}").replace("POST", "GET")))
                .isEqualTo(new LineProblem(
                        "invalid_value", "Invalid value: 'GET'. Supported values are: 'POST'.", "method"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "#  #|it is blank.",
                "[]|it is not a JSON object.",
                "nonsense|it is not a JSON object.",
                "#\"text\"#|it is not a JSON object.",
                "{|it ends before its JSON object does.",
                "{\"a\":\"b|it ends before its JSON object does.",
                "{\"custom_id\":\"b|it ends before its JSON object does.",
                "{\"body\":{\"model\":\"b\\|it ends before its JSON object does.",
                "{\"a\":1,}|unexpected character at column 8.",
                "{\"a\" 1}|unexpected character at column 6.",
                "{\"a\":01}|unexpected character at column 7.",
                "{} x|something follows its JSON object at column 4.",
                "{}{}|something follows its JSON object at column 3.",
                "{\"a\":1,\"b\":2,\"a\":3}|it has the duplicate key 'a'.",
                "{\"url\":1,\"\\u0075rl\":2}|it has the duplicate key 'url'.",
                "{\"body\":{\"model\":\"a\",\"model\":\"b\"}}|it has the duplicate key 'body.model'.",
                "{\"body\":{\"stream\":false,\"stream\":true}}|it has the duplicate key 'body.stream'.",
            })
    void aLineThatIsNotOneJsonObjectSaysWhy(String text, String why) {
        assertThat(refuse(text)).isEqualTo(new LineProblem("invalid_json_line", NOT_JSON + why, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":tru}",
                "{\"a\":NaN}",
                "{'a':1}",
                "{a:1}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\t\"}",
                "{/**/}",
                "{\"a\":+1}",
                "{\"a\":1.}",
                "{\"a\":]}",
                "{\"a\":{]}"
            })
    void whatJsonDoesNotAllowIsRefused(String text) {
        assertThat(refuse(text).code()).isEqualTo("invalid_json_line");
    }

    @Test
    void tooLongALineIsNotRead() {
        String text = line("\"1\"", "{\"input\":\"" + "x".repeat(100_000) + "\"}");
        assertThat(refuse(text).message())
                .isEqualTo(NOT_JSON + "it is too long. A line may have at most 100000 bytes.");
    }

    @Test
    void nestingPassesAtItsLimitAndNotBeyond() {
        assertThat(tokenize(nested(510))).isInstanceOf(RequestLine.class);
        assertThat(refuse(nested(511)).message())
                .isEqualTo(NOT_JSON + "its nesting is too deep. At most 512 levels are allowed.");
    }

    private static String nested(int arrays) {
        return line("\"1\"", "{\"input\":" + "[".repeat(arrays) + "]".repeat(arrays) + "}");
    }

    @Test
    void tooManyKeysAreRefusedBeforeTheyFillTheMemory() {
        LineTokenizer roomy = new LineTokenizer();
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 300_000; i++) {
            many.append("\"k").append(i).append("\":0,");
        }
        byte[] inBody = line("\"1\"", "{\"x\":{" + many + "\"z\":0}}").getBytes(UTF_8);
        byte[] atTop = ("{" + many + "\"z\":0}").getBytes(UTF_8);

        assertThat(roomy.tokenize(inBody, 0, inBody.length))
                .isEqualTo(LineProblem.invalidJson("it has more than 262144 object keys."));
        assertThat(roomy.tokenize(atTop, 0, atTop.length))
                .isEqualTo(LineProblem.invalidJson("it has more than 256 unknown keys."));
    }

    @Test
    void utf8IsJudgedAsTheJdkDoesWhereverItStands() {
        Random random = new Random(20261122);
        int[] bytes = {
            0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xA0, 0x9F, 0xED, 0xEF, 0xF0, 0x90, 0x8F, 0xF4, 0xF5
        };
        for (int round = 0; round < 50_000; round++) {
            byte[] text = new byte[random.nextInt(20)];
            Arrays.fill(text, (byte) 'a');
            int at = random.nextInt(text.length + 1);
            for (int i = at; i < Math.min(text.length, at + 1 + random.nextInt(5)); i++) {
                text[i] = (byte) bytes[random.nextInt(bytes.length)];
            }
            assertThat(Utf8.firstInvalid(text, 0, text.length) < 0)
                    .as(Arrays.toString(text))
                    .isEqualTo(isUtf8(text));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u00c0\u00af", "\u00ed\u00a0\u0080", "\u00ff", "\u00e2\u0082", "\u00f8\u0088\u0080\u0080\u0080"
            })
    void invalidUtf8IsRefusedInSkippedStringsToo(String latin1) {
        byte[] text = ("{\"x\":{\"y\":\"" + latin1 + "\"}}").getBytes(ISO_8859_1);

        assertThat(tokenizer.tokenize(text, 0, text.length))
                .isEqualTo(LineProblem.invalidJson("it has invalid UTF-8 at byte 12."));
    }

    @Test
    void otherEncodingsAreRefused() {
        for (String charset : new String[] {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"}) {
            byte[] text = line("\"1\"", "{}").getBytes(Charset.forName(charset));
            assertThat(tokenizer.tokenize(text, 0, text.length)).as(charset).isInstanceOf(LineProblem.class);
        }
    }

    @Test
    void messagesStayShortWhateverWasWritten() {
        assertThat(refuse(line("\"1\"", "{}").replace("POST", "P".repeat(50_000)))
                        .message()
                        .length())
                .isLessThan(200);
        assertThat(refuse("{\"" + "k".repeat(9999) + "\":1,\"" + "k".repeat(9999) + "\":1}")
                        .message()
                        .length())
                .isLessThan(200);
    }

    @Test
    void messagesCanBeStoredAsTextWhateverWasWritten() {
        assertThat(refuse(line("\"1\"", "{}").replace("POST", "\\u0000\\ud800😀\\n"))
                        .message())
                .isEqualTo("Invalid value: '\ufffd\ufffd😀\ufffd'. Supported values are: 'POST'.");
    }

    @Test
    void everyCutOfALineIsRefusedAndNothingIsThrown() {
        byte[] text = line(
                        "\"a\\u0062\"", "{\"model\":\"é\",\"messages\":[{\"a\":-1.5e3,\"b\":null}],\"stream\":false}")
                .getBytes(UTF_8);
        for (int length = 0; length < text.length; length++) {
            assertThat(tokenizer.tokenize(text, 0, length))
                    .as("cut at " + length)
                    .isInstanceOf(LineProblem.class);
        }
    }

    @Test
    void anyChangedByteIsAnsweredAndNothingIsThrown() {
        byte[] whole = line("\"a\\u0062\"", "{\"model\":\"é\",\"messages\":[{\"a\":-1.5e3}],\"stream\":false}")
                .getBytes(UTF_8);
        for (int i = 0; i < whole.length; i++) {
            for (int value = 0; value < 256; value++) {
                byte[] text = whole.clone();
                text[i] = (byte) value;
                assertThat(tokenizer.tokenize(text, 0, text.length)).isNotNull();
            }
        }
    }

    private static boolean isUtf8(byte[] text) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    @Test
    void aCustomIdMustFitARecordBesideItsAnswer() {
        String longest = "i".repeat(LineTokenizer.MAX_CUSTOM_ID_BYTES);
        assertThat(tokenize(line("\"" + longest + "\"", "{}"))).isInstanceOf(RequestLine.class);
        assertThat(refuse(line("\"" + longest + "i\"", "{}")).code()).isEqualTo("string_above_max_length");
    }

    private static String line(String id, String body) {
        return "{\"custom_id\":" + id + ",\"method\":\"POST\",\"url\":\"/v1/x\",\"body\":" + body + "}";
    }

    private LineOutcome tokenize(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return tokenizer.tokenize(bytes, 0, bytes.length);
    }

    private RequestLine read(String text) {
        LineOutcome outcome = tokenize(text);
        assertThat(outcome).isInstanceOf(RequestLine.class);
        return (RequestLine) outcome;
    }

    private LineProblem refuse(String text) {
        LineOutcome outcome = tokenize(text);
        assertThat(outcome).isInstanceOf(LineProblem.class);
        return (LineProblem) outcome;
    }

    private static String text(RequestLine line, int start, int end) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(line.array(), start, end - start);
        return out.toString(UTF_8);
    }
}
