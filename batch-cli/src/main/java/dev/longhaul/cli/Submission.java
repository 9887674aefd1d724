package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.ApiException;
import dev.longhaul.cli.api.Batch;
import dev.longhaul.cli.api.NewBatch;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
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

    @Option(
            names = "--metadata",
            paramLabel = "KEY=VALUE",
            description = "Kept with the batch and shown; may be repeated.")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(
            names = "--job",
            paramLabel = "ID",
            description = "The job that it belongs to; the default one if not said.")
    private @Nullable String job;

    @Option(
            names = "--max-errors",
            paramLabel = "N|P%",
            description = "So many lines may fail, or that share of them; past it the batch stops itself.")
    private @Nullable String maxErrors;

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
            String path = endpoint != null ? endpoint : file.endpoint();
            Batch batch = client.create(new NewBatch(fileId, path, window, metadata, job, maxErrors));
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
