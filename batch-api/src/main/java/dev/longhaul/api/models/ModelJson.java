package dev.longhaul.api.models;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.longhaul.store.ModelStore;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A model as it is shown. */
@Schema(name = "Model")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
record ModelJson(
        String id,
        @Schema(enumeration = "model") String object,

        @Schema(description = "When a backend last listed it.")
        long created,

        String ownedBy) {
    static ModelJson of(ModelStore.Model model) {
        return new ModelJson(model.name(), "model", model.seenAt().getEpochSecond(), "longhaul");
    }

    /** A list. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "ModelList")
    record ListJson(@Schema(enumeration = "list") String object, List<ModelJson> data) {
        static ListJson of(List<ModelStore.Model> models) {
            return new ListJson("list", models.stream().map(ModelJson::of).toList());
        }
    }
}
