package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.model.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerScanTest {
    @Test
    void readsTheUsageOfAChatCompletion() {
        assertThat(scan("""
                {"id":"chatcmpl-1","choices":[{"message":{"content":"usage: {\\"prompt_tokens\\":9}"}}],
                 "usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,
                  "prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},
                  "completion_tokens_details":{"reasoning_tokens":5,"x":[1,{"reasoning_tokens":99}]}},"system_fingerprint":null}
                """)).isEqualTo(new Usage(11, 4, 7, 5, 18));
    }

    @Test
    void readsTheUsageOfACompletionWithoutDetails() {
        assertThat(
                        scan(
                                "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3,\"prompt_tokens_details\":null}}"))
                .isEqualTo(new Usage(1, 0, 2, 0, 3));
    }

    @Test
    void readsTheUsageOfEmbeddings() {
        assertThat(scan("{\"data\":[{\"embedding\":[0.1,-2e-9]}],\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}"))
                .isEqualTo(new Usage(8, 0, 0, 0, 8));
    }

    @Test
    void readsTheUsageOfAResponse() {
        assertThat(scan("""
                {"object":"response","usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":6},"output_tokens":87,
                 "output_tokens_details":{"reasoning_tokens":3},"total_tokens":123}}""")).isEqualTo(new Usage(36, 6, 87, 3, 123));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "\"text\"",
                "3.5",
                "{\"usage\":null}",
                "{\"usage\":[{\"prompt_tokens\":1}]}",
                "{\"choices\":[{\"usage\":{\"prompt_tokens\":1}}]}",
                "{\"usage\":{\"prompt_tokens\":\"12\",\"total_tokens\":1.5,\"completion_tokens\":{\"prompt_tokens\":1}}}",
                "{\"usage\":{\"prompt_tokens\":-1,\"total_tokens\":123456789012345678901234567890}}",
                "{\"usage\":{\"prompt_tokens_details\":[1],\"completion_tokens_details\":{}}}",
                " \n {\"a\":1}\r\n\t "
            })
    void whatCountsNothingIsJsonWithoutUsage(String body) {
        assertThat(scan(body)).isEqualTo(Usage.NONE);
    }

    @Test
    void aCountThatNoBackendCanMeanIsHeldWithinWhatTheSumOfABatchCanCarry() {
        assertThat(scan("{\"usage\":{\"total_tokens\":9223372036854775807}}"))
                .isEqualTo(new Usage(0, 0, 0, 0, 10_000_000_000L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "{",
                "{\"a\":1",
                "{}{}",
                "{} x",
                "{\"a\":1}]",
                "<html>Bad gateway</html>",
                "{'a':1}",
                "{\"a\":NaN}",
                "{\"a\":\"line\nbreak\"}",
                "{\"a\":01}",
                "\uFEFF{}",
                "data: {\"a\":1}\n\n"
            })
    void whatIsNotOneJsonValueIsNotJson(String body) {
        assertThat(scan(body)).isNull();
    }

    @Test
    void aBodyInAnotherEncodingIsNotJsonForItsBytesWouldSpoilTheFile() {
        byte[] utf16 = "{\"a\":1}".getBytes(StandardCharsets.UTF_16LE);
        byte[] withMark = "{\"a\":1}".getBytes(StandardCharsets.UTF_16);
        assertThat(AnswerScan.usageOf(utf16, 0, utf16.length)).isNull();
        assertThat(AnswerScan.usageOf(withMark, 0, withMark.length)).isNull();
    }

    @Test
    void onlyTheGivenRangeIsRead() {
        byte[] bytes = "xx{\"usage\":{\"total_tokens\":2}}yy".getBytes(StandardCharsets.UTF_8);
        assertThat(AnswerScan.usageOf(bytes, 2, bytes.length - 4)).isEqualTo(new Usage(0, 0, 0, 0, 2));
    }

    @Test
    void aNumberOfAMillionDigitsAndAStringOfMegabytesAreRead() {
        String body = "{\"n\":" + "9".repeat(1_000_000) + ",\"s\":\"" + "x".repeat(4_000_000)
                + "\",\"usage\":{\"prompt_tokens\":" + "7".repeat(1_000_000) + ",\"total_tokens\":5}}";
        assertThat(scan(body)).isEqualTo(new Usage(0, 0, 0, 0, 5));
    }

    @Test
    void arbitraryBytesNeverThrow() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] good = "{\"usage\":{\"prompt_tokens\":1,\"x\":[\"\\u00e9\",1e5,true]}}".getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = Arrays.copyOf(good, 1 + random.nextInt(good.length));
            for (int hit = random.nextInt(4); hit > 0; hit--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertThat(AnswerScan.usageOf(bytes, 0, bytes.length))
                    .as("seed %d", seed)
                    .satisfiesAnyOf(
                            none -> assertThat(none).isNull(),
                            some -> assertThat(some).isNotNull());
        }
    }

    private static @Nullable Usage scan(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return AnswerScan.usageOf(bytes, 0, bytes.length);
    }
}
