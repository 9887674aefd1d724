package dev.longhaul.system;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What one process can do to another. */
public enum Signal {
    /** Ends it at once; it can't say good-bye. */
    KILL,
    /** Asks it to end. */
    TERM,
    /** Puts it to sleep. */
    STOP,
    /** Wakes it up. */
    CONT;

    /** Sends it; the process must be one of the caller's own stack. */
    public void send(Stack.Member member) {
        if (member.pid() <= 1) {
            throw new IllegalArgumentException(member.name() + " does not run");
        }
        Commands.run(Duration.ofSeconds(10), Map.of(), List.of("kill", "-" + name(), Long.toString(member.pid())))
                .orThrow();
    }
}
