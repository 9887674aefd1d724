package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.ApiException;
import dev.longhaul.cli.progress.ProgressDisplay;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C while a batch is followed. On a terminal it offers to cancel the batch, to leave it or to wait on; a second
 * Ctrl-C leaves it. Without a terminal the batch goes on, and its id is printed.
 */
final class Interruption implements AutoCloseable {
    private static final Signal INTERRUPT = new Signal("INT");

    private final ApiClient client;
    private final Terminal terminal;
    private final String batchId;
    private final ProgressDisplay display;
    private final SignalHandler before;
    private final AtomicBoolean asking = new AtomicBoolean();
    private final Object screen = new Object();

    Interruption(ApiClient client, Terminal terminal, String batchId, ProgressDisplay display) {
        this.client = client;
        this.terminal = terminal;
        this.batchId = batchId;
        this.display = display;
        this.before = Signal.handle(INTERRUPT, signal -> interrupted());
    }

    /** Waits while a question stands on the terminal: the progress must not overwrite it. */
    void unlessAsking(Runnable draw) {
        synchronized (screen) {
            draw.run();
        }
    }

    @Override
    public void close() {
        Signal.handle(INTERRUPT, before);
    }

    private void interrupted() {
        if (!terminal.canAsk() || !asking.compareAndSet(false, true)) {
            leave();
        }
        synchronized (screen) {
            display.close();
            System.err.print("\nBatch " + batchId + " continues without this command."
                    + " [l]eave it running, [c]ancel it, or keep [w]aiting? [l] ");
            System.err.flush();
            String answer = Question.readLine().toLowerCase(Locale.ROOT);
            if (answer.startsWith("c")) {
                cancel();
            } else if (!answer.startsWith("w")) {
                leave();
            }
            asking.set(false);
        }
    }

    private void cancel() {
        try {
            System.err.println(
                    "longhaul: " + batchId + " is " + client.cancel(batchId).status());
        } catch (ApiException e) {
            System.err.println("longhaul: " + batchId + " can't be cancelled: " + e.getMessage());
        }
    }

    private void leave() {
        System.err.println("\nlonghaul: " + batchId + " continues; follow it with: longhaul watch " + batchId);
        System.out.println(batchId);
        System.out.flush();
        // Not exit(): another thread may hold what a shutdown hook waits for, and nothing is open that needs one.
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
    }
}
