package dev.longhaul.stress;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Bursts of small batches while Kafka, PostgreSQL, S3, backends and processes fail at random. Every line ends in exactly
 * one file, none fails, and no batch stalls. {@code -Dlonghaul.seed=N} repeats the faults of a run.
 */
@Tag("system")
@EnabledOnOs(OS.LINUX)
@ExtendWith(SharedRig.class)
class StressTest {
    /** In seconds, on a machine that may be busy otherwise. */
    private static final double LONGEST_STALL_IN_THE_SUITE = 30;

    /** The time between two faults, unless everything that was open ends earlier. */
    private static final Duration CALM = Duration.ofSeconds(13);

    @Test
    @Timeout(300)
    void nothingIsLostAndNothingStallsInAMinuteOfRandomFaults(Rig rig) throws Exception {
        run(rig, Duration.ofMinutes(1), LONGEST_STALL_IN_THE_SUITE);
    }

    @Test
    @Tag("scale")
    @Timeout(1_200)
    void nothingIsLostAndNothingStallsInTenMinutesOfRandomFaults(Rig rig) throws Exception {
        run(rig, Duration.ofMinutes(10), Traffic.LONGEST_STALL);
    }

    private static void run(Rig rig, Duration length, double longestStall) throws Exception {
        long seed = Long.getLong("longhaul.seed", System.nanoTime() % 1_000_000);
        FaultInjector injector = new FaultInjector(rig, seed);
        try (Traffic traffic = new Traffic(rig)) {
            long begin = System.nanoTime();
            Thread bursts = Thread.ofVirtual().start(() -> bursts(traffic, new Random(seed)));
            try {
                while (System.nanoTime() - begin < length.toNanos()) {
                    injector.inject();
                    traffic.awaitEnd(traffic.open(), CALM);
                    rig.repair();
                }
            } finally {
                bursts.interrupt();
                bursts.join();
            }
            traffic.awaitQuiet();
            traffic.verify("stress, seed " + seed, injector.faults(), longestStall);
        }
    }

    private static void bursts(Traffic traffic, Random random) {
        try {
            while (true) {
                traffic.burst(random.nextInt(25), random);
                TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(2_000));
            }
        } catch (InterruptedException enough) {
            Thread.currentThread().interrupt();
        }
    }
}
