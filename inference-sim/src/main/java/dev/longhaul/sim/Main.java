package dev.longhaul.sim;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs a simulated backend on 127.0.0.1 until the process ends. Prints {@code ready} on standard output once requests
 * are answered; ends with code 1 and one line on standard error when it can't start.
 */
@Command(
        name = "inference-sim",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "An OpenAI-compatible backend: real embeddings, simulated text, faults on demand.")
public final class Main implements Callable<Integer> {

    @Option(names = "--port", required = true, paramLabel = "N", description = "port on 127.0.0.1")
    private int port;

    @Option(names = "--models", split = ",", paramLabel = "NAME", description = "default: ${DEFAULT-VALUE}")
    private Set<String> models = new LinkedHashSet<>(Simulator.DEFAULT_MODELS);

    @Option(names = "--any-model", description = "serve models that are not listed, too")
    private boolean anyModel;

    @Option(names = "--latency-ms", paramLabel = "N", description = "before each answer")
    private int latencyMs;

    @Option(names = "--jitter-ms", paramLabel = "N", description = "at most this much more")
    private int jitterMs;

    @Option(names = "--slots", paramLabel = "N", description = "requests at a time, 429 above; 0: no limit")
    private int slots;

    @Option(names = "--retry-after", paramLabel = "S", description = "sent with each 429 and 503; 0: not sent")
    private int retryAfterS;

    @Option(names = "--error-rate", paramLabel = "RATE", description = "0 to 1, as all rates")
    private double errorRate;

    @Option(names = "--error-status", paramLabel = "N", defaultValue = "500")
    private int errorStatus;

    @Option(names = "--hang-rate", paramLabel = "RATE", description = "never answered")
    private double hangRate;

    @Option(names = "--cut-rate", paramLabel = "RATE", description = "closed in the middle of the answer")
    private double cutRate;

    @Option(names = "--garbage-rate", paramLabel = "RATE", description = "200 and no JSON")
    private double garbageRate;

    @Option(names = "--huge-rate", paramLabel = "RATE", description = "an answer of --huge-bytes")
    private double hugeRate;

    @Option(names = "--huge-bytes", paramLabel = "N", defaultValue = "67108864")
    private long hugeBytes;

    @Option(names = "--match", paramLabel = "TEXT", description = "faults strike only bodies with this text")
    private @Nullable String match;

    @Option(names = "--count-lines", description = "count calls by line, see GET /admin/lines")
    private boolean countLines;

    private Main() {}

    /** Runs the backend in the foreground. */
    public static void main(String[] args) {
        var code = new CommandLine(new Main())
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    System.err.println("inference-sim: " + failure.getMessage());
                    return 1;
                })
                .execute(args);
        System.exit(code);
    }

    @Override
    public Integer call() throws Exception {
        var faults = new Faults(
                latencyMs,
                jitterMs,
                slots,
                retryAfterS,
                errorRate,
                errorStatus,
                hangRate,
                cutRate,
                garbageRate,
                hugeRate,
                hugeBytes,
                match);
        BatchScheduling.begin();
        var backend = new Backend(new Models(models, anyModel), faults);
        backend.lines().on(countLines);
        try (var simulator = Simulator.start(port, backend)) {
            System.out.println("ready");
            new CountDownLatch(1).await();
        }
        return 0;
    }
}
