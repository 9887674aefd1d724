package dev.longhaul.api.files;

import dev.longhaul.api.errors.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Reads the rest of a refused body: most clients see an answer only once they have sent everything, and a connection closed in
 * their face shows as a broken one. It ends after a while, since a client may send for ever.
 */
final class Leftover {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private Leftover() {}

    /** Reads on, unless the body was refused for being too slow: so would its rest be. */
    static void read(InputStream body, RuntimeException refusal) {
        if (refusal instanceof ApiException e && e.status() == SteadyBody.TOO_SLOW) {
            return;
        }
        long begun = System.nanoTime();
        byte[] chunk = new byte[64 << 10];
        try {
            int count = 0;
            while (count >= 0 && System.nanoTime() - begun < PATIENCE.toNanos()) {
                count = body.read(chunk);
            }
        } catch (IOException e) {
            // The client is gone, and with it the need for an answer.
        }
    }
}
