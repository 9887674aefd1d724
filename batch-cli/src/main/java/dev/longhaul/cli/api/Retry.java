package dev.longhaul.cli.api;

import dev.longhaul.cli.failure.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** Repeats calls that found no server or one that can't answer now, with growing pauses, until patience ends. */
final class Retry {
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    private final String server;
    private final Duration patience;

    /** @param server for the message when patience ends */
    Retry(String server, Duration patience) {
        this.server = server;
        this.patience = patience;
    }

    /** One attempt. */
    interface Call<T> {
        T attempt() throws IOException;
    }

    <T> T run(Call<T> call) {
        long end = System.nanoTime() + patience.toNanos();
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            ApiException failure;
            try {
                return call.attempt();
            } catch (IOException e) {
                failure = noAnswer(e);
            } catch (UncheckedIOException e) {
                failure = noAnswer(e.getCause());
            } catch (ApiException e) {
                if (!isPassing(e.status())) {
                    throw e;
                }
                failure = e;
            }
            if (System.nanoTime() + pause * 1_000_000 - end > 0) {
                throw failure;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failure;
            }
            pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
        }
    }

    private ApiException noAnswer(IOException cause) {
        return new ApiException("no answer from " + server + ": " + Reason.of(cause), cause);
    }

    private static boolean isPassing(int status) {
        return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
    }
}
