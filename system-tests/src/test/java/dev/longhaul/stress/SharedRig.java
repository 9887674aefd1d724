package dev.longhaul.stress;

import dev.longhaul.system.Stack;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the one {@link Rig} of the run to each test; started with the first, stopped after the last. */
final class SharedRig implements ParameterResolver, BeforeEachCallback {
    private static final Namespace NAMESPACE = Namespace.create(SharedRig.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        rig(context).renew();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Rig.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return rig(context);
    }

    private static Rig rig(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(
                        Rig.class, key -> new Rig(Stack.root().resolve("system-tests/target/rig")), Rig.class);
    }
}
