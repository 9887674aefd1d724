package dev.longhaul.locals3;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Serves S3 on 127.0.0.1 until the process ends. Prints {@code ready} on standard output once requests are answered;
 * ends with code 1 and one line on standard error when it can't start.
 */
@Command(
        name = "local-s3",
        mixinStandardHelpOptions = true,
        description = "An S3 server for one machine; buckets are directories below --data.")
public final class Main implements Callable<Integer> {

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "where buckets are kept")
    @SuppressWarnings("NullAway.Init")
    private Path data;

    @Option(names = "--port", required = true, paramLabel = "N", description = "port on 127.0.0.1")
    private int port;

    @Option(names = "--access-key", required = true, paramLabel = "KEY")
    private String accessKey = "";

    @Option(names = "--secret-key", required = true, paramLabel = "KEY")
    private String secretKey = "";

    @Option(names = "--end-with-stdin", description = "end when standard input does, as it does when a parent dies")
    private boolean endWithStdin;

    private Main() {}

    /** Runs the server in the foreground; SIGTERM ends it. */
    public static void main(String[] args) {
        var code = new CommandLine(new Main())
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    System.err.println("local-s3: " + failure.getMessage());
                    return 1;
                })
                .execute(args);
        System.exit(code);
    }

    @Override
    public Integer call() throws Exception {
        try (var server = S3Server.start(data, port, accessKey, secretKey)) {
            // Any end of this process is a clean end: an object becomes visible by a rename, never half-written.
            System.out.println("ready");
            if (endWithStdin) {
                System.in.transferTo(OutputStream.nullOutputStream());
            } else {
                server.await();
            }
        }
        return 0;
    }
}
