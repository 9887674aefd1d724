package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which batch a command is about, and at which API. */
final class BatchOptions {
    @Parameters(index = "0", paramLabel = "ID", description = "The batch, batch_...")
    private String id = "";

    @Mixin
    private ApiOptions api = new ApiOptions();

    String id() {
        return id;
    }

    ApiClient client() {
        return api.client();
    }
}
