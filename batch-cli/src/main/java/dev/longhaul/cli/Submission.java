package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.ApiException;
import dev.longhaul.cli.api.Batch;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a new batch is made of: its input file is uploaded, and it is created. */
final class Submission {
    @Option(names = "--input", required = true, paramLabel = "FILE", description = "Request lines, JSONL.")
    private Path input = Path.of("");

    @Option(
            names = "--endpoint",
            paramLabel = "PATH",
            description = "Such as /v1/embeddings; the first line's url if not said.")
    private @Nullable String endpoint;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            description = "24h, unlimited, or such as 30m; ${DEFAULT-VALUE} if not said.")
    private String window = "24h";

    /** The input file, looked at before anything is started or sent. */
    InputFile input() {
        return InputFile.check(input);
    }

    /**
     * Uploads it and answers the new batch.
     *
     * @throws CliException with the code of a failed batch when the service refuses the file or the batch
     */
    Batch submit(ApiClient client, InputFile file) {
        try {
            String fileId = Uploading.upload(client, file.path(), "batch");
            Batch batch = client.create(fileId, endpoint != null ? endpoint : file.endpoint(), window);
            System.err.println("longhaul: created " + batch.id() + " for " + batch.endpoint());
            return batch;
        } catch (ApiException e) {
            if (e.isRefusal()) {
                throw new CliException(ExitCode.BATCH_FAILED, file.path() + " was refused: " + e.getMessage());
            }
            throw e;
        }
    }
}
