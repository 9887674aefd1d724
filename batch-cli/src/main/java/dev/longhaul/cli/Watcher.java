package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.ApiException;
import dev.longhaul.cli.api.Batch;
import dev.longhaul.cli.progress.Progress;
import dev.longhaul.cli.progress.ProgressDisplay;
import dev.longhaul.cli.progress.ProgressDisplays;

/** Follows a batch to its end, showing how far it is. */
final class Watcher {
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 500;

    private final ApiClient client;
    private final Terminal terminal;

    Watcher(ApiClient client, Terminal terminal) {
        this.client = client;
        this.terminal = terminal;
    }

    /** Returns when it has ended. Ctrl-C meanwhile asks what to do, see {@link Interruption}. */
    Batch follow(String batchId) {
        try (ProgressDisplay display = ProgressDisplays.on(System.err, terminal.errors(), terminal.columns());
                Interruption interruption = new Interruption(client, terminal, batchId, display)) {
            long pause = FIRST_PAUSE_MILLIS;
            while (true) {
                Batch batch = client.get(batchId);
                interruption.unlessAsking(() -> display.show(
                        new Progress(batch.status(), batch.total(), batch.completed(), batch.failed(), batch.note())));
                if (batch.hasEnded()) {
                    return batch;
                }
                Thread.sleep(pause);
                pause = Math.min(LONGEST_PAUSE_MILLIS, pause + pause / 2);
            }
        } catch (ApiException e) {
            throw new CliException(
                    ExitCode.FAILED, e.getMessage() + "; the batch can be followed with: longhaul watch " + batchId);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCode.INTERRUPTED, "interrupted");
        }
    }
}
