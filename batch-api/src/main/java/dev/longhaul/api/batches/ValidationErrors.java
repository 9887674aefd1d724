package dev.longhaul.api.batches;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What was wrong with a batch's input, OpenAI's list object in JSON. */
final class ValidationErrors {
    private static final int FEW = 10;

    private ValidationErrors() {}

    /** The same with no more than ten items. */
    static @Nullable String firstFew(@Nullable String errors) {
        if (errors == null) {
            return null;
        }
        JsonObject list = new JsonObject(errors);
        JsonArray data = list.getJsonArray("data");
        if (data == null || data.size() <= FEW) {
            return errors;
        }
        return list.put("data", new JsonArray(data.getList().subList(0, FEW))).encode();
    }
}
