package dev.longhaul.cli.local;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What runs, at one moment.
 *
 * @param api the base URL for clients of OpenAI
 * @param apiKey null before the first start
 * @param processes one for each that should run or does
 */
public record SystemStatus(URI api, @Nullable String apiKey, List<ProcessStatus> processes) {

    /**
     * One process.
     *
     * @param pid null when it doesn't run
     * @param port null when none was chosen yet
     */
    public record ProcessStatus(
            String name,
            @Nullable Long pid,
            boolean ready,
            @Nullable Integer port) {}

    public boolean isUp() {
        return processes.stream().allMatch(ProcessStatus::ready);
    }

    public boolean isDown() {
        return processes.stream().allMatch(process -> process.pid() == null);
    }
}
