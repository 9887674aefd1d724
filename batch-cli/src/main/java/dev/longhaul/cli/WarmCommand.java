package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.Batch;
import dev.longhaul.cli.api.NewBatch;
import dev.longhaul.cli.local.AotTraining;
import dev.longhaul.cli.local.Home;
import dev.longhaul.cli.progress.Figures;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;

@Command(
        name = "warm",
        mixinStandardHelpOptions = true,
        description = "Prepares class data that make later starts faster, once after a build. Takes a minute or two; a"
                + " running stack is not touched.")
final class WarmCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 100;
    private static final int CHAT_LINES = 4_000;
    private static final int EMBEDDINGS = 50;

    @Override
    public Integer call() throws IOException {
        long began = System.nanoTime();
        AotTraining training = AotTraining.of(
                Home.ofThisProcess(System.getenv()),
                System.getenv(),
                message -> System.err.println("longhaul: " + message));
        if (training.isDone()) {
            System.out.println("The class data of this build are there already.");
            return ExitCode.OK;
        }
        training.run(WarmCommand::work);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        System.out.println("Later starts use the class data that were prepared in " + Figures.duration(took) + ".");
        return ExitCode.OK;
    }

    /** What users have it do: batches of both kinds, upload, download and lists. */
    private static void work(URI api, String key, Path directory) throws IOException {
        ApiClient client = new ApiClient(api, key, PATIENCE);
        run(client, directory, "/v1/chat/completions", CHAT_LINES, """
                "model":"sim-chat","messages":[{"role":"user","content":"A question, the %dth of its kind."}]""");
        run(client, directory, "/v1/embeddings", EMBEDDINGS, """
                "model":"all-MiniLM-L6-v2","input":"A sentence, the %dth of its kind.\"""");
        client.list(EMBEDDINGS, null);
        client.files().list(EMBEDDINGS, "");
    }

    private static void run(ApiClient client, Path directory, String endpoint, int count, String body)
            throws IOException {
        List<String> lines = IntStream.range(0, count)
                .mapToObj(i -> "{\"custom_id\":\"%d\",\"method\":\"POST\",\"url\":\"%s\",\"body\":{%s}}"
                        .formatted(i, endpoint, body.formatted(i)))
                .toList();
        Path input = Files.write(directory.resolve("training.jsonl"), lines);
        String file = client.files().upload(input, Files.size(input), "batch");
        Batch batch = client.create(new NewBatch(file, endpoint, "24h", Map.of(), null, null));
        while (!batch.hasEnded()) {
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                throw new CliException(ExitCode.INTERRUPTED, "interrupted");
            }
            batch = client.get(batch.id());
        }
        String output = batch.outputFileId();
        if (output == null || batch.completed() < count) {
            throw new CliException(ExitCode.FAILED, "the training's batch did not complete: " + Report.state(batch));
        }
        client.files().download(output, OutputStream.nullOutputStream());
    }
}
