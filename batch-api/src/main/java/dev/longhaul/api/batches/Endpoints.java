package dev.longhaul.api.batches;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Texts;
import dev.longhaul.model.BatchEndpoints;

/** Checks endpoints as a request names them; whether one is served is seen when the batch is planned. */
public final class Endpoints {
    private Endpoints() {}

    /** The same text; refuses one that is no endpoint. */
    public static String check(String endpoint) {
        if (!BatchEndpoints.ALL.contains(endpoint)) {
            throw ApiException.invalidValue("endpoint", Texts.notSupported(endpoint, BatchEndpoints.ALL));
        }
        return endpoint;
    }
}
