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
    @Option(names = "--input", required = true, paramLabel = "FILE", description = "File of requests, JSONL; - for standard input.")
    private Path input = Path.of("");

    @Option(
            names = "--endpoint",
            paramLabel = "PATH",
            description = "Endpoint of all requests, such as /v1/embeddings (default: the url of the first line).")
    private @Nullable String endpoint;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            description = "Completion window, such as 30m or 24h, or unlimited (default: ${DEFAULT-VALUE}).")
    private String window = "24h";

    @Option(
            names = "--metadata",
            paramLabel = "KEY=VALUE",
            description = "Stored with the batch and returned unchanged; may be repeated.")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(
            names = "--job",
            paramLabel = "ID",
            description = "Job that the batch belongs to (default: the tenant's default job).")
    private @Nullable String job;

    @Option(
            names = "--max-errors",
            paramLabel = "N|P%",
            description = "Stops the batch once more than N lines, or P percent of them, have failed.")
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
            String path = endpoint != null ? endpoint : file.endpoint();
            String fileId = Uploading.upload(client, file, "batch");
            Batch batch = client.create(new NewBatch(fileId, path, window, metadata, job, maxErrors));
            System.err.println("longhaul: created " + batch.id() + " for " + batch.endpoint());
            return batch;
        } catch (ApiException e) {
            if (e.isRefusal()) {
                throw new CliException(ExitCode.BATCH_FAILED, file.name() + " was refused: " + e.getMessage());
            }
            throw e;
        }
    }
}
