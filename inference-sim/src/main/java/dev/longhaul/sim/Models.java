package dev.longhaul.sim;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Set;

/**
 * The models that the backend claims to have.
 *
 * @param any whether requests for other models are served as well
 */
record Models(Set<String> names, boolean any) {

    Models {
        names = Set.copyOf(names);
        if (names.isEmpty() || names.contains("")) {
            throw new IllegalArgumentException("--models must name at least one model, and none may be empty");
        }
    }

    boolean has(String model) {
        return any || names.contains(model);
    }

    /** The answer to {@code GET /v1/models}, in the order of the names. */
    Buffer list() {
        var answer = Buffer.buffer("{\"object\":\"list\",\"data\":[");
        var separator = "";
        for (var name : List.copyOf(names).stream().sorted().toList()) {
            Answers.quoted(answer.appendString(separator + "{\"id\":\""), name)
                    .appendString("\",\"object\":\"model\",\"created\":1700000000,\"owned_by\":\"longhaul\"}");
            separator = ",";
        }
        return answer.appendString("]}");
    }
}
