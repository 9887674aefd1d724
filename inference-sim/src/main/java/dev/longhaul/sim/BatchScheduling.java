package dev.longhaul.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Linux's scheduling for work that may wait its turn. A backend on another machine takes no time from the one that calls it; this
 * one, where the cores are few, would be woken by each single request, and the kernel would interrupt the caller for it. Under
 * SCHED_BATCH it interrupts nobody, and finds many requests at once when its turn comes: a tenth of the context switches a call.
 */
final class BatchScheduling {
    private static final int SCHED_BATCH = 3;

    private BatchScheduling() {}

    /** For the calling thread and all that it starts from then on; where there is no such thing, or it is refused, all goes on as it was. */
    static void begin() {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("sched_setscheduler").ifPresent(function -> {
            var type = FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment noPriority = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
                linker.downcallHandle(function, type).invoke(0, SCHED_BATCH, noPriority);
            } catch (Throwable e) {
                throw new IllegalStateException("sched_setscheduler cannot be called", e);
            }
        });
    }
}
