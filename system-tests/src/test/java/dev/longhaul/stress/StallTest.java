package dev.longhaul.stress;

import dev.longhaul.stress.Fault.Excuse;
import dev.longhaul.stress.Proxy.Mode;
import dev.longhaul.stress.Rig.Server;
import dev.longhaul.system.Batch;
import dev.longhaul.system.BatchRows;
import dev.longhaul.system.ChatLines;
import dev.longhaul.system.Stock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One of two processes fails during a burst, a steady stream, and the release of a stock of slices, all at once. */
@Tag("system")
@Tag("scale")
@EnabledOnOs(OS.LINUX)
@Timeout(180)
@ExtendWith(SharedRig.class)
class StallTest {
    private static final int BURST = 120;
    private static final long STREAM_MILLIS = 150;
    private static final int NAPS = 300;
    private static final Duration CALM = Duration.ofSeconds(13);

    /** How it fails. */
    enum Failure {
        KILLED,
        ASLEEP,
        ASLEEP_IN_A_TRANSACTION,
        CUT_FROM_POSTGRES
    }

    @ParameterizedTest
    @CsvSource({
        "batch-dispatcher-1, KILLED",
        "batch-dispatcher-2, ASLEEP",
        "batch-dispatcher-1, ASLEEP_IN_A_TRANSACTION",
        "batch-dispatcher-2, CUT_FROM_POSTGRES",
        "batch-finalizer-1, ASLEEP_IN_A_TRANSACTION",
        "batch-finalizer-2, CUT_FROM_POSTGRES"
    })
    void nothingStallsWhenOneOfTwoProcessesFails(String process, Failure failure, Rig rig) throws Exception {
        try (Traffic traffic = new Traffic(rig);
                BatchRows rows = new BatchRows(rig.stack())) {
            Batch stock = Stock.create(rig.status(), rig.api(), rows, 1).getFirst();
            Fault fault;
            Thread stream = Thread.ofVirtual().start(() -> stream(traffic));
            try {
                traffic.burst(BURST, new Random(0));
                rig.api().resume(stock.id());
                traffic.add(stock.id(), ChatLines.of(Stock.SLICES));
                traffic.awaitEnded(BURST / 3);

                long begin = System.nanoTime();
                String what = process + " " + inject(rig, rows, process, failure);
                rig.note(what);
                traffic.awaitEnd(traffic.open(), CALM);
                fault = new Fault(what, Excuse.NOBODY, begin, System.nanoTime());
                rig.repair();
            } finally {
                stream.interrupt();
                stream.join();
            }
            traffic.awaitQuiet();
            traffic.verify(fault.what(), List.of(fault), Traffic.LONGEST_STALL);
        }
    }

    private static Object inject(Rig rig, BatchRows rows, String process, Failure failure) throws Exception {
        switch (failure) {
            case KILLED -> rig.kill(process);
            case ASLEEP -> rig.putToSleep(process);
            case ASLEEP_IN_A_TRANSACTION -> {
                return failure + ": " + putToSleepInATransaction(rig, rows, process);
            }
            case CUT_FROM_POSTGRES -> {
                long pid = rig.pid(process);
                rig.proxy(Server.POSTGRES)
                        .disturb(Mode.SWALLOW, port -> ClientPorts.of(pid).contains(port));
            }
        }
        return failure;
    }

    /** Stops the process at random moments until it sleeps within a transaction. Returns whether it does. */
    private static boolean putToSleepInATransaction(Rig rig, BatchRows rows, String process) throws Exception {
        Random random = new Random();
        for (int nap = 0; nap < NAPS; nap++) {
            rig.putToSleep(process);
            if (rows.idleInTransaction(rig.proxy(Server.POSTGRES).serverPorts(ClientPorts.of(rig.pid(process))))) {
                return true;
            }
            rig.wakeUp(process);
            TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
        }
        rig.putToSleep(process);
        return false;
    }

    private static void stream(Traffic traffic) {
        try {
            while (true) {
                traffic.start(ChatLines.of(1));
                TimeUnit.MILLISECONDS.sleep(STREAM_MILLIS);
            }
        } catch (InterruptedException enough) {
            Thread.currentThread().interrupt();
        }
    }
}
