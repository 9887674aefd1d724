package dev.longhaul.bench;

import dev.longhaul.system.Commands;
import dev.longhaul.system.Stack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Puts files into a stack's S3 by the SDK alone, in a process of its own. */
final class S3Yardstick {
    private final Map<String, String> addresses;

    S3Yardstick(Stack stack) {
        this.addresses = stack.variables();
    }

    /** Seconds that a put takes, after one for nothing. */
    double put(Path file, Duration limit) {
        Path root = Stack.root();
        String printed = Commands.run(
                        limit,
                        Map.of(),
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx256m",
                                "-cp",
                                root.resolve("batch-api/target/quarkus-app/lib/main") + "/*",
                                root.resolve("system-tests/src/main/yardstick/S3Put.java")
                                        .toString(),
                                address("ENDPOINT"),
                                address("REGION"),
                                address("BUCKET"),
                                address("ACCESS_KEY"),
                                address("SECRET_KEY"),
                                file.toString(),
                                "2"))
                .orThrow();
        return Double.parseDouble(printed.lines().toList().getLast());
    }

    private String address(String name) {
        String value = addresses.get("LONGHAUL_S3_" + name);
        if (value == null) {
            throw new IllegalStateException("the stack does not say its LONGHAUL_S3_" + name);
        }
        return value;
    }
}
