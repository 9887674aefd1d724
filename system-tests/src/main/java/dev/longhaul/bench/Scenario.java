package dev.longhaul.bench;

import java.util.function.Consumer;

/** One benchmark. */
@FunctionalInterface
interface Scenario {

    /**
     * Starts what it needs, measures, and stops it.
     *
     * @throws IllegalStateException when a run doesn't count, with the reason
     */
    void measure(Consumer<Figure> figures) throws Exception;
}
