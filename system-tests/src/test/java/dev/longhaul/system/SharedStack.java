package dev.longhaul.system;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands the one {@link Tester} of this JVM to each test; started with the first, stopped when the JVM ends. JUnit's own stores end
 * with each class, which is a run of its own when several JVMs share the classes.
 */
final class SharedStack implements ParameterResolver, BeforeEachCallback {
    private static @Nullable Tester shared;

    @Override
    public void beforeEach(ExtensionContext context) {
        tester().ready();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Tester.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return tester();
    }

    private static synchronized Tester tester() {
        Tester running = shared;
        if (running == null) {
            String name = System.getProperty("longhaul.test-stack", "stack");
            running = new Tester(Stack.root().resolve("system-tests/target").resolve(name));
            shared = running;
            Runtime.getRuntime().addShutdownHook(new Thread(running::close, "stop-stack"));
        }
        return running;
    }
}
