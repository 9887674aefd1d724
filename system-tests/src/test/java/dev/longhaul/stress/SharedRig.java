package dev.longhaul.stress;

import dev.longhaul.system.Stack;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the one {@link Rig} of this JVM to each test. It starts with the first test and stops when the JVM ends. */
final class SharedRig implements ParameterResolver, BeforeEachCallback {
    private static @Nullable Rig shared;

    @Override
    public void beforeEach(ExtensionContext context) {
        rig().renew();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Rig.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return rig();
    }

    private static synchronized Rig rig() {
        Rig running = shared;
        if (running == null) {
            String fork = System.getProperty("longhaul.fork", "1");
            running = new Rig(Stack.root().resolve("system-tests/target/rig-" + fork));
            shared = running;
            Runtime.getRuntime().addShutdownHook(new Thread(running::close, "stop-rig"));
        }
        return running;
    }
}
