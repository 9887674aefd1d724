package dev.longhaul.bench;

import dev.longhaul.system.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The processor time that a stack has used: services, servers and simulator, with all their children. */
final class Cpu {
    private static final double TICKS_A_SECOND = 100;
    /** In /proc/PID/stat, after the name in parentheses: user, system, and both of the children that have ended. */
    private static final int FIRST_FIELD = 11;

    private static final int FIELDS = 4;

    private Cpu() {}

    /** Seconds since its processes started. */
    static double seconds(Stack.Status status) {
        Set<Long> pids = new HashSet<>();
        for (Stack.Member member : status.members()) {
            ProcessHandle.of(member.pid()).ifPresent(process -> {
                pids.add(process.pid());
                process.descendants().forEach(child -> pids.add(child.pid()));
            });
        }
        return pids.stream().mapToDouble(Cpu::seconds).sum();
    }

    /** 0 for one that has ended: its parent counts it then. */
    private static double seconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            double ticks = 0;
            for (int i = FIRST_FIELD; i < FIRST_FIELD + FIELDS; i++) {
                ticks += Double.parseDouble(fields[i]);
            }
            return ticks / TICKS_A_SECOND;
        } catch (IOException ended) {
            return 0;
        }
    }
}
