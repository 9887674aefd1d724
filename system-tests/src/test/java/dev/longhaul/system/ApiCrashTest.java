package dev.longhaul.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Row 4 of the failure table: the API is killed in the middle of a request. */
@SystemTest
class ApiCrashTest {

    @Test
    void anUploadCutOffLeavesNoFile(Tester tester) {
        byte[] bytes = ChatLines.of(20_000).bytes();
        JsonNode before = tester.api().list("/files?purpose=batch").path("data");
        StalledBytes half = new StalledBytes(bytes, bytes.length / 2);
        CompletableFuture<String> upload =
                CompletableFuture.supplyAsync(() -> tester.api().upload(() -> half));
        half.awaitStall();

        tester.kill(Tester.API);
        half.end();
        assertThatThrownBy(upload::join).hasRootCauseInstanceOf(IOException.class);
        tester.up();

        assertThat(tester.api().list("/files?purpose=batch").path("data")).isEqualTo(before);
    }

    @Test
    void aCreateRepeatedWithItsKeyAnswersTheFirstBatch(Tester tester) {
        String file = tester.api().upload(ChatLines.of(1).bytes());
        List<CompletableFuture<Batch>> first = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                String key = "key-" + i;
                first.add(CompletableFuture.supplyAsync(
                        () -> tester.api().create(file, "/v1/chat/completions", "24h", key), executor));
            }
            first.getFirst().join();
            tester.kill(Tester.API);
        }
        tester.up();

        for (int i = 0; i < 20; i++) {
            Batch repeated = tester.api().create(file, "/v1/chat/completions", "24h", "key-" + i);
            if (!first.get(i).isCompletedExceptionally()) {
                assertThat(repeated.id()).isEqualTo(first.get(i).join().id());
            }
            assertThat(tester.end(repeated).status()).isEqualTo("completed");
        }

        long batches = tester.api().list("/batches?limit=100").path("data").findValuesAsText("input_file_id").stream()
                .filter(file::equals)
                .count();
        assertThat(batches).isEqualTo(20);
    }

    /** Bytes that stop coming in the middle. */
    private static final class StalledBytes extends InputStream {
        private final byte[] bytes;
        private final int stallAt;
        private final CountDownLatch stalled = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);
        private int at;

        StalledBytes(byte[] bytes, int stallAt) {
            this.bytes = bytes;
            this.stallAt = stallAt;
        }

        void awaitStall() {
            await(stalled);
        }

        void end() {
            ended.countDown();
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (at >= stallAt) {
                stalled.countDown();
                await(ended);
                return -1;
            }
            int count = Math.min(length, stallAt - at);
            System.arraycopy(bytes, at, into, offset, count);
            at += count;
            return count;
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }
}
