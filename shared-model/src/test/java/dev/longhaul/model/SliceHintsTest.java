package dev.longhaul.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SliceHintsTest {
    @Test
    void shouldComeBackAsTheyWereWritten() {
        var first = new SliceHint(new SliceId("batch_0f", 12), 3);
        var second = new SliceHint(new SliceId("batch_10", 0), 1);
        var hints = new SliceHints(List.of(first, second));
        assertThat(hints.encode()).isEqualTo("batch_0f/12/3\nbatch_10/0/1".getBytes(UTF_8));
        assertThat(SliceHints.decode(hints.encode())).isEqualTo(hints);
    }

    @Test
    void shouldHoldAtLeastOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SliceHints(List.of()))
                .withMessageContaining("hints");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "//",
                "batch_0f",
                "batch_0f/1",
                "batch_0f/1/2/3",
                "/1/1",
                "batch_0f/-1/1",
                "batch_0f/1/0",
                "batch_0f/1/-1",
                "batch_0f/x/1",
                "batch_0f/1/",
                "batch_0f/99999999999/1",
                "batch_0f/1/1\n",
                "batch_0f/1/1\n\nbatch_0f/2/1",
                "batch_0f/1/1\nbatch_0f/2"
            })
    void shouldRefuseWhatIsNoHint(String value) {
        assertThatExceptionOfType(MalformedRecordException.class)
                .isThrownBy(() -> SliceHints.decode(value.getBytes(UTF_8)))
                .withMessageStartingWith("slice hint: ");
    }

    @Test
    void shouldSayMalformedAndNothingElseOfAnyBytes() {
        for (long seed = 1; seed <= 20_000; seed++) {
            var random = new Random(seed);
            byte[] value = new byte[random.nextInt(32)];
            for (int i = 0; i < value.length; i++) {
                value[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : "b/019-\n".charAt(random.nextInt(7)));
            }
            try {
                SliceHints hint = SliceHints.decode(value);
                assertThat(SliceHints.decode(hint.encode())).as("seed %s", seed).isEqualTo(hint);
            } catch (MalformedRecordException e) {
                // Refused, as it may be.
            } catch (RuntimeException e) {
                fail("seed " + seed, e);
            }
        }
    }

    @Test
    void shouldNameTheFieldThatIsWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SliceHint(new SliceId("batch_0f", 0), 0))
                .withMessageContaining("claim");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SliceId("", 0))
                .withMessageContaining("batch id");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SliceId("batch_0f", -1))
                .withMessageContaining("seq");
    }
}
