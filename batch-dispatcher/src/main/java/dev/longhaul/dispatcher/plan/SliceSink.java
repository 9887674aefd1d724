package dev.longhaul.dispatcher.plan;

import java.io.IOException;
import java.util.List;

/** Takes slices as they are found, in order, a portion at a time, on the planning thread. */
@FunctionalInterface
public interface SliceSink {

    /**
     * Takes the next slices.
     *
     * @throws IOException ends the plan: a store that fails is no verdict on the file
     */
    void accept(List<PlannedSlice> portion) throws IOException;
}
