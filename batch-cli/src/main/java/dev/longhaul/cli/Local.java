package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.local.Backend;
import dev.longhaul.cli.local.BackendProbe;
import dev.longhaul.cli.local.Home;
import dev.longhaul.cli.local.LocalSystem;
import dev.longhaul.cli.progress.Figures;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The stack of this installation, for the commands: with messages on stderr. */
final class Local {
    private static final Duration API_PATIENCE = Duration.ofSeconds(30);

    private Local() {}

    static LocalSystem system() {
        return new LocalSystem(
                Home.ofThisProcess(System.getenv()),
                System.getenv(),
                message -> System.err.println("longhaul: " + message));
    }

    /** Starts what is missing and says what a user should know about it. */
    static void up(LocalSystem system, StackOptions options) {
        long began = System.nanoTime();
        Map<String, String> environment = System.getenv();
        // Before anything is touched: wrong options must not stop or start a process.
        List<Backend> backends = options.applyTo(system.settings(), environment).backends();
        Thread probe = Thread.startVirtualThread(() -> sayUnreachable(backends, BackendProbe.PATIENCE));
        boolean started = system.up(settings -> options.applyTo(settings, environment));
        try {
            probe.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (started) {
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            System.err.println("longhaul: ready after " + Figures.duration(took) + ": " + system.apiUrl());
        }
    }

    /** Names the backends that give no answer in that time. */
    static void sayUnreachable(List<Backend> backends, Duration patience) {
        BackendProbe.unreachable(backends, patience)
                .forEach(backend -> System.err.println("longhaul: backend " + backend.name() + " at " + backend.url()
                        + " does not answer; its requests wait until it does"));
    }

    static ApiClient client(LocalSystem system) {
        return new ApiClient(system.apiUrl(), system.apiKey().orElse(""), API_PATIENCE);
    }
}
