package dev.longhaul.stress;

import dev.longhaul.stress.Fault.Excuse;
import dev.longhaul.stress.Proxy.Mode;
import dev.longhaul.stress.Rig.Server;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Injects random faults, the same ones for the same seed. Belongs to one thread. */
final class FaultInjector {
    private static final List<Mode> MODES = Stream.of(Mode.values())
            .filter(mode -> mode != Mode.PASS)
            .toList();
    private static final List<String> PROCESSES =
            Stream.of(Rig.DISPATCHERS, Rig.FINALIZERS, List.of(Rig.API)).flatMap(List::stream).toList();
    private static final List<String> WORKERS =
            Stream.of(Rig.DISPATCHERS, Rig.FINALIZERS).flatMap(List::stream).toList();
    private static final Map<Server, Excuse> EXCUSES = new EnumMap<>(Map.of(
            Server.POSTGRES, Excuse.EVERYBODY,
            Server.KAFKA, Excuse.EVERYBODY,
            Server.S3, Excuse.LARGE,
            Server.BACKEND_1, Excuse.NOBODY,
            Server.BACKEND_2, Excuse.NOBODY));

    private final Rig rig;
    private final Random random;
    private final List<Fault> faults = new ArrayList<>();

    FaultInjector(Rig rig, long seed) {
        this.rig = rig;
        this.random = new Random(seed);
    }

    /** Injects a fault for some seconds. A killed process stays dead until {@link Rig#repair}. */
    void inject() throws InterruptedException {
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                String process = any(PROCESSES);
                last(process + " killed", Excuse.NOBODY, 0, () -> rig.kill(process), () -> {});
            }
            case 2, 3 -> {
                String process = any(PROCESSES);
                last(process + " asleep", Excuse.NOBODY, 14, () -> rig.putToSleep(process), () -> rig.wakeUp(process));
            }
            case 4, 5 -> {
                String process = any(WORKERS);
                Proxy proxy = rig.proxy(Server.POSTGRES);
                last(
                        process + " cut off from POSTGRES: SWALLOW",
                        Excuse.NOBODY,
                        14,
                        () -> proxy.disturb(Mode.SWALLOW, port -> ClientPorts.of(rig.pid(process))
                                .contains(port)),
                        proxy::heal);
            }
            case 6 -> disturb(List.of(Server.BACKEND_1, Server.BACKEND_2), any(MODES), Excuse.EVERYBODY);
            default -> {
                Server server = any(List.of(Server.values()));
                disturb(List.of(server), any(MODES), EXCUSES.getOrDefault(server, Excuse.EVERYBODY));
            }
        }
    }

    private void disturb(List<Server> servers, Mode mode, Excuse excuse) throws InterruptedException {
        last(
                servers + ": " + mode,
                excuse,
                6,
                () -> servers.forEach(server -> rig.proxy(server).disturb(mode, port -> true)),
                () -> servers.forEach(server -> rig.proxy(server).heal()));
    }

    private void last(String what, Excuse excuse, int mostSeconds, Runnable begin, Runnable end)
            throws InterruptedException {
        long begun = System.nanoTime();
        rig.note(what);
        begin.run();
        if (mostSeconds > 0) {
            TimeUnit.MILLISECONDS.sleep(1_000 + random.nextInt(1_000 * (mostSeconds - 1)));
        }
        end.run();
        rig.note("end of " + what);
        faults.add(new Fault(what, excuse, begun, System.nanoTime()));
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** All faults so far. */
    List<Fault> faults() {
        return List.copyOf(faults);
    }
}
