package dev.longhaul.dispatcher.plan;

import java.util.List;
import java.util.Set;

/** What a plan must know of the backends. The empty name stands for lines that name no model. */
public interface ModelCatalog {

    /** The endpoints at which some backend serves a model; asked at each change of model. */
    List<String> endpointsOf(String model);

    /** The top-level body fields that some backend of a model refuses; asked at each change of model. */
    default Set<String> refusedFields(String model) {
        return Set.of();
    }

    /** All body fields that any backend refuses. */
    default Set<String> allRefusedFields() {
        return Set.of();
    }
}
