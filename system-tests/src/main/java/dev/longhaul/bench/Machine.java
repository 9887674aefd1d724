package dev.longhaul.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.longhaul.system.Commands;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The machine that measures. */
final class Machine {
    private static final int CORES = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Machine() {}

    /** Binds this process, and so all that it starts, to two cores: bounds and figures are for those. */
    static void useTwoCores() {
        if (Runtime.getRuntime().availableProcessors() > CORES) {
            String pid = Long.toString(ProcessHandle.current().pid());
            Commands.run(PATIENCE, Map.of(), List.of("taskset", "-a", "-p", "-c", "0,1", pid))
                    .orThrow();
        }
    }

    static String description() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return "%d cores (%s), %.0f GB of memory, %s %s, JDK %s"
                .formatted(
                        Math.min(CORES, Runtime.getRuntime().availableProcessors()),
                        processor(),
                        system.getTotalMemorySize() / 1e9,
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("java.vm.version"));
    }

    private static String processor() {
        String wanted = "Model name:";
        return Commands.run(PATIENCE, Map.of(), List.of("lscpu"))
                .out()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith(wanted))
                .map(line -> line.substring(wanted.length()).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }
}
