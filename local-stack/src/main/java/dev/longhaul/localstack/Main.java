package dev.longhaul.localstack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs Kafka and PostgreSQL on 127.0.0.1 until SIGTERM, which stops both cleanly. Prints {@code ready} on standard
 * output once both accept work; ends with code 1 and one line on standard error when one can't start or PostgreSQL ends
 * by itself, so that whoever looks after this process starts both again.
 */
@Command(
        name = "local-stack",
        mixinStandardHelpOptions = true,
        description = "Kafka and PostgreSQL for one machine; data is kept below --data.")
public final class Main implements Callable<Integer> {

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "where both keep their data")
    @SuppressWarnings("NullAway.Init")
    private Path data;

    @Option(names = "--kafka-port", paramLabel = "N", defaultValue = "9092")
    private int kafkaPort;

    @Option(names = "--postgres-port", paramLabel = "N", defaultValue = "5432")
    private int postgresPort;

    private Main() {}

    /** Runs both servers in the foreground. */
    public static void main(String[] args) {
        var code = new CommandLine(new Main())
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    System.err.println("local-stack: " + failure.getMessage());
                    return 1;
                })
                .execute(args);
        System.exit(code);
    }

    @Override
    public Integer call() throws Exception {
        var ports = Map.of(Part.KAFKA, kafkaPort, Part.POSTGRES, postgresPort);
        try (var stack = LocalStack.start(data, ports, ports.keySet())) {
            System.out.println("ready");
            stack.awaitLossOfPostgres();
            throw new IOException("PostgreSQL has ended by itself, see " + data.resolve("postgres.log"));
        }
    }
}
