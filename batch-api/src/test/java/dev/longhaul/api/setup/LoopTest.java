package dev.longhaul.api.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopTest {
    @Test
    void shouldInterruptARoundThatHoldsUpTheEndOfTheProcess() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Loop loop = Loop.start("stuck", () -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
                return Duration.ZERO;
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        begun.await();

        loop.close();

        assertThat(interrupted.getCount()).isZero();
    }
}
