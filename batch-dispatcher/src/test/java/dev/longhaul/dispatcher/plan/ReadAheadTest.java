package dev.longhaul.dispatcher.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReadAheadTest {
    private static final int BLOCK = ReadAhead.BLOCK_BYTES;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK, 5 * BLOCK + 7})
    void givesTheBytesOfItsFileInOrder(int length) throws IOException {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);

        try (InputStream in = new ReadAhead((from, count) -> part(bytes, from, count), length, PATIENCE)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
            assertThat(in.read()).isNegative();
        }
    }

    @Test
    void passesAFailureOnWhereItsBytesWouldBe() throws IOException {
        byte[] bytes = new byte[BLOCK];
        ReadAhead.Ranges failing = (from, count) -> {
            if (from > 0) {
                throw new IOException("S3 broke off");
            }
            return bytes;
        };

        try (InputStream in = new ReadAhead(failing, 2L * BLOCK, PATIENCE)) {
            assertThat(in.readNBytes(BLOCK)).isEqualTo(bytes);
            assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessage("S3 broke off");
        }
    }

    @Test
    void breaksReadsOffWhenItIsClosed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch brokenOff = new CountDownLatch(1);
        ReadAhead.Ranges silent = (from, count) -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                brokenOff.countDown();
            }
            return new byte[count];
        };

        try (ReadAhead in = new ReadAhead(silent, 1, PATIENCE)) {
            begun.await();
        }

        brokenOff.await();
    }

    private static byte[] part(byte[] bytes, long from, int count) {
        return Arrays.copyOfRange(bytes, (int) from, (int) from + count);
    }

    @Test
    void givesUpAReadThatHangs() throws IOException {
        ReadAhead.Ranges hanging = (from, count) -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new byte[count];
        };

        try (ReadAhead in = new ReadAhead(hanging, 1, Duration.ofMillis(50))) {
            assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("took longer");
        }
    }
}
