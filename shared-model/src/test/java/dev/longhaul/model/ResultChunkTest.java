package dev.longhaul.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.longhaul.model.ResultChunk.Entry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResultChunkTest {
    private static final SliceId SLICE = new SliceId("batch_0f", 7);

    private static ResultChunk chunk() {
        List<Entry> entries = List.of(
                new Entry(3, LineOutcome.COMPLETED, 4, new Usage(1, 2, 3, 4, Usage.MOST_OF_A_LINE)),
                new Entry(0, LineOutcome.FAILED, 3, Usage.NONE),
                new Entry(9, LineOutcome.COMPLETED, 2, Usage.NONE),
                new Entry(1, LineOutcome.UNSERVED, 2, Usage.NONE));
        return new ResultChunk(SLICE, 2, entries, bytes("aaa\nb\n"), bytes("cc\nd\n"));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    @Test
    void shouldComeBackAsItWasWritten() {
        assertThat(ResultChunk.decode(chunk().encode())).isEqualTo(chunk());
    }

    @Test
    void shouldLeaveTheBuffersThatItEncodesAsTheyWere() {
        ByteBuffer output = ByteBuffer.wrap("..ok\n..".getBytes(UTF_8), 2, 3);
        var chunk = new ResultChunk(
                SLICE, 1, List.of(new Entry(0, LineOutcome.COMPLETED, 3, Usage.NONE)), output, bytes(""));
        byte[] first = chunk.encode();
        assertThat(chunk.encode()).isEqualTo(first);
        assertThat(ResultChunk.decode(first).output()).isEqualTo(bytes("ok\n"));
    }

    @Test
    void shouldNotCopyTheLinesThatItReads() {
        byte[] value = chunk().encode();
        ResultChunk read = ResultChunk.decode(value);
        assertThat(read.output().array()).isSameAs(value);
        assertThat(read.errors().array()).isSameAs(value);
    }

    @Test
    void shouldComeBackWhateverItsLinesAre() {
        for (long seed = 1; seed <= 300; seed++) {
            ResultChunk chunk = random(new Random(seed));
            assertThat(ResultChunk.decode(chunk.encode())).as("seed %s", seed).isEqualTo(chunk);
        }
    }

    @Test
    void shouldRefuseEveryShorterOrLongerRecord() {
        byte[] value = chunk().encode();
        for (int length = 0; length <= value.length + 1; length++) {
            if (length != value.length) {
                byte[] other = Arrays.copyOf(value, length);
                assertThatThrownBy(() -> ResultChunk.decode(other))
                        .as("%s of %s bytes", length, value.length)
                        .isInstanceOf(MalformedRecordException.class);
            }
        }
    }

    @Test
    void shouldRefuseAnUnknownVersionOutcomeAndLength() {
        int entries = 1 + 1 + SLICE.batchId().length() + 3 * 4;
        refused(0, 9, "version");
        refused(entries + 4, 3, "outcome 3");
        refused(entries, 0x80, "entry");
        refused(entries + 8, 0, "entry");
        refused(entries + 8, 5, "do not add up");
        refused(entries + 9, 0x80, "negative");
        refused(entries + 9, 0x7f, "entry");
        refused(entries - 4, 0x7f, "line count");
    }

    private static void refused(int position, int value, String message) {
        byte[] bytes = chunk().encode();
        bytes[position] = (byte) value;
        assertThatExceptionOfType(MalformedRecordException.class)
                .isThrownBy(() -> ResultChunk.decode(bytes))
                .withMessageContaining(message);
    }

    @Test
    void shouldSayMalformedAndNothingElseOfBytesThatAreWrong() {
        int refused = 0;
        for (long seed = 1; seed <= 20_000; seed++) {
            var random = new Random(seed);
            byte[] value = damaged(random);
            try {
                ResultChunk.decode(value);
            } catch (MalformedRecordException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                fail("seed " + seed, e);
            }
        }
        // A flipped bit in a token count or in a line's text stays readable; most others don't.
        assertThat(refused).isGreaterThan(10_000);
    }

    @Test
    void shouldTellANewerVersionFromGarbage() {
        byte[] value = random(new Random(1)).encode();
        value[0] = 2;
        assertThatThrownBy(() -> ResultChunk.decode(value)).isInstanceOf(NewerVersionException.class);
        for (byte garbage : new byte[] {0, 32, 'n', -1}) {
            value[0] = garbage;
            assertThatThrownBy(() -> ResultChunk.decode(value)).isExactlyInstanceOf(MalformedRecordException.class);
        }
    }

    private static byte[] damaged(Random random) {
        if (random.nextInt(4) == 0) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            if (noise.length > 0 && random.nextBoolean()) {
                noise[0] = 1;
            }
            return noise;
        }
        byte[] value = random(random).encode();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            value[random.nextInt(value.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(3) == 0 ? Arrays.copyOf(value, random.nextInt(2 * value.length)) : value;
    }

    private static ResultChunk random(Random random) {
        var output = new StringBuilder();
        var errors = new StringBuilder();
        List<Entry> entries = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            LineOutcome outcome = LineOutcome.values()[random.nextInt(3)];
            String line = "\u00e4".repeat(random.nextInt(20)) + "\n";
            (outcome.kind() == ResultKind.OUTPUT ? output : errors).append(line);
            int bytes = line.getBytes(UTF_8).length;
            entries.add(new Entry(random.nextInt(1 << 20), outcome, bytes, usage(random)));
        }
        var slice = new SliceId("batch_" + Long.toHexString(random.nextLong()), random.nextInt(1 << 30));
        return new ResultChunk(
                slice, 1 + random.nextInt(9), entries, bytes(output.toString()), bytes(errors.toString()));
    }

    private static Usage usage(Random random) {
        return new Usage(
                random.nextInt(9),
                random.nextInt(9),
                random.nextLong(Usage.MOST_OF_A_LINE),
                random.nextInt(9),
                Usage.MOST_OF_A_LINE);
    }
}
