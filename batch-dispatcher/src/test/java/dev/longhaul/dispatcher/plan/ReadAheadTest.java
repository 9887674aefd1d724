package dev.longhaul.dispatcher.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class ReadAheadTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 512 * 1024 - 1, 512 * 1024, 512 * 1024 + 1, 3_000_000})
    void givesTheBytesOfItsStream(int length) throws IOException {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);

        try (InputStream in = new ReadAhead(new ByteArrayInputStream(bytes))) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
            assertThat(in.read()).isNegative();
        }
    }

    @Test
    void passesAFailureOnWhereItsBytesWouldBe() throws IOException {
        InputStream failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("S3 broke off");
            }
        };
        byte[] block = new byte[512 * 1024];

        try (InputStream in = new ReadAhead(new SequenceInputStream(new ByteArrayInputStream(block), failing))) {
            assertThat(in.readNBytes(block.length)).isEqualTo(block);
            assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessage("S3 broke off");
        }
    }

    @Test
    void breaksAReadOffWhenItIsClosed() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        InputStream silent = new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return -1;
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };

        new ReadAhead(silent).close();

        assertThat(closed.getCount()).isZero();
    }
}
