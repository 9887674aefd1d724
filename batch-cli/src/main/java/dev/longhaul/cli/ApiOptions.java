package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.HttpTarget;
import dev.longhaul.cli.local.LocalSystem;
import dev.longhaul.model.BackendUrl;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which API a command talks to: the one on this machine unless another one is named. */
final class ApiOptions {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Option(
            names = "--api",
            paramLabel = "URL",
            description = "URL of another installation's API, ending in /v1 (default: the one on this machine).")
    @Nullable
    URI api;

    @Option(names = "--api-key", paramLabel = "KEY", description = "Its key (default: LONGHAUL_API_KEY).")
    @Nullable
    String apiKey;

    ApiClient client() {
        if (api != null) {
            try {
                BackendUrl.parse(api.toString());
            } catch (IllegalArgumentException e) {
                throw CliException.usage(
                        "--api must be a URL such as http://127.0.0.1:8700/v1, and is '" + api + "': " + e.getMessage());
            }
            if (new HttpTarget(api).isUncheckable()) {
                throw CliException.usage("--api: TLS certificates have no host names with an underscore such as that of "
                        + api + "; use http or another name");
            }
            String key = apiKey != null ? apiKey : System.getenv().getOrDefault("LONGHAUL_API_KEY", "");
            return new ApiClient(api, key, PATIENCE);
        }
        LocalSystem system = Local.system();
        if (!system.isApiRunning()) {
            throw new CliException(
                    ExitCode.FAILED, "Longhaul is not running on this machine; start it with: longhaul up");
        }
        String key = apiKey != null ? apiKey : system.apiKey().orElse("");
        return new ApiClient(system.apiUrl(), key, PATIENCE);
    }
}
