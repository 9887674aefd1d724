package dev.longhaul.sim;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How the backend misbehaves. Rates are probabilities from 0 to 1, drawn for each request; at most one of them strikes,
 * tried in the order hang, error, cut, garbage, huge.
 *
 * @param latencyMs before each answer, 0 to 3,600,000
 * @param jitterMs at most this much more, evenly spread
 * @param slots requests served at a time, those above are answered 429 at once; 0: no limit
 * @param retryAfterS sent with each 429 and 503; 0: not sent
 * @param errorStatus of the answers that {@code errorRate} makes, 400 to 599
 * @param hangRate never answered
 * @param cutRate the connection closes in the middle of the promised bytes
 * @param garbageRate 200 and a body that is no JSON
 * @param hugeBytes the least size of the answers that {@code hugeRate} makes, up to 4 GiB
 * @param match a substring of the body; requests without it are served as if there were no faults. Null: all
 */
record Faults(
        int latencyMs,
        int jitterMs,
        int slots,
        int retryAfterS,
        double errorRate,
        int errorStatus,
        double hangRate,
        double cutRate,
        double garbageRate,
        double hugeRate,
        long hugeBytes,
        @Nullable String match) {

    static final Faults NONE = new Faults(0, 0, 0, 0, 0, 500, 0, 0, 0, 0, 64 << 20, null);

    private static final int MAX_MS = 3_600_000;

    enum Kind {
        NOTHING,
        HANG,
        ERROR,
        CUT,
        GARBAGE,
        HUGE
    }

    Faults {
        between("latency_ms", latencyMs, 0, MAX_MS);
        between("jitter_ms", jitterMs, 0, MAX_MS);
        between("slots", slots, 0, Integer.MAX_VALUE);
        between("retry_after_s", retryAfterS, 0, MAX_MS);
        between("error_rate", errorRate, 0, 1);
        between("error_status", errorStatus, 400, 599);
        between("hang_rate", hangRate, 0, 1);
        between("cut_rate", cutRate, 0, 1);
        between("garbage_rate", garbageRate, 0, 1);
        between("huge_rate", hugeRate, 0, 1);
        between("huge_bytes", hugeBytes, 1, 1L << 32);
    }

    /** Which fault strikes this request. */
    Kind draw() {
        if (strikes(hangRate)) {
            return Kind.HANG;
        }
        if (strikes(errorRate)) {
            return Kind.ERROR;
        }
        if (strikes(cutRate)) {
            return Kind.CUT;
        }
        if (strikes(garbageRate)) {
            return Kind.GARBAGE;
        }
        return strikes(hugeRate) ? Kind.HUGE : Kind.NOTHING;
    }

    /** In milliseconds, with jitter. */
    int delay() {
        return jitterMs == 0
                ? latencyMs
                : latencyMs + ThreadLocalRandom.current().nextInt(jitterMs + 1);
    }

    private static boolean strikes(double rate) {
        return rate > 0 && ThreadLocalRandom.current().nextDouble() < rate;
    }

    private static void between(String field, double value, double least, double most) {
        // Written so that NaN fails.
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    "'%s' must be between %.0f and %.0f, but is %s".formatted(field, least, most, value));
        }
    }
}
