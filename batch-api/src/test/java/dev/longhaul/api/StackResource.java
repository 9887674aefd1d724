package dev.longhaul.api;

import dev.longhaul.localstack.LocalStack;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One stack for all tests of this module. */
public final class StackResource implements QuarkusTestResourceLifecycleManager {
    static final String ADMIN_KEY = "sk-admin-of-the-tests";
    static final int MAX_FILE = 40 << 20;
    static final int MAX_OTHER_FILE = 41 << 20;

    private static @Nullable LocalStack running;

    static LocalStack stack() {
        LocalStack stack = running;
        if (stack == null) {
            throw new IllegalStateException("the stack is not running");
        }
        return stack;
    }

    @Override
    public Map<String, String> start() {
        try {
            LocalStack stack = LocalStack.start(Files.createTempDirectory(Path.of("target"), "stack-"));
            running = stack;
            Map<String, String> config = new HashMap<>(stack.systemProperties());
            config.put("longhaul.access.admin-key", ADMIN_KEY);
            config.put("longhaul.limits.batch-file-size", String.valueOf(MAX_FILE));
            config.put("longhaul.limits.file-size", String.valueOf(MAX_OTHER_FILE));
            // Fewer than two uploads at once would like to have.
            config.put("longhaul.files.buffers", "3M");
            config.put("longhaul.files.janitor-interval", "200ms");
            config.put("quarkus.http.read-timeout", "5s");
            config.put("longhaul.files.slowness-grace", "2s");
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        try {
            stack().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
