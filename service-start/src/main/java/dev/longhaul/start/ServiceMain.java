package dev.longhaul.start;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.Optional;

/**
 * The main class of every service. Compiled for an older Java than the rest: on such a JVM the first class of ours that is
 * loaded would otherwise fail inside Quarkus, before there is a log, and the process would end without a word.
 */
@QuarkusMain
public final class ServiceMain {
    private static final int NEEDED = 25;

    private ServiceMain() {}

    /** Runs the service until it is asked to stop, or ends with code 1 on a Java that is too old. */
    public static void main(String[] arguments) {
        Optional<String> refusal = refusal(Runtime.version().feature(), System.getProperty("java.home", "an unknown place"));
        if (refusal.isPresent()) {
            System.err.println(refusal.get());
            System.exit(1);
        }
        Quarkus.run(arguments);
    }

    /** What to print instead of starting on that Java. */
    static Optional<String> refusal(int version, String home) {
        return version >= NEEDED
                ? Optional.empty()
                : Optional.of("longhaul: Java " + NEEDED + " or newer is needed, and this is Java " + version + " from "
                        + home);
    }
}
