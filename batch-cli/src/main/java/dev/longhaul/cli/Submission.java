package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.ApiException;
import dev.longhaul.cli.api.Batch;
import org.jspecify.annotations.Nullable;

/** Uploading an input file and creating its batch. */
final class Submission {
    private Submission() {}

    /**
     * Answers the new batch.
     *
     * @param endpoint null for that of the first line
     * @throws CliException with the code of a failed batch when the service refuses the file or the batch
     */
    static Batch submit(ApiClient client, InputFile input, @Nullable String endpoint, String window) {
        try {
            String fileId = Uploading.upload(client, input.path(), "batch");
            Batch batch = client.create(fileId, endpoint != null ? endpoint : input.endpoint(), window);
            System.err.println("longhaul: created " + batch.id() + " for " + batch.endpoint());
            return batch;
        } catch (ApiException e) {
            if (e.isRefusal()) {
                throw new CliException(ExitCode.BATCH_FAILED, input.path() + " was refused: " + e.getMessage());
            }
            throw e;
        }
    }
}
