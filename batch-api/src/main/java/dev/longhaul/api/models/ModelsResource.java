package dev.longhaul.api.models;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Texts;
import dev.longhaul.store.ModelStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /v1/models}: what the backends serve, to every tenant. */
@Path("/v1/models")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Models")
public class ModelsResource {
    private final ModelStore models;

    ModelsResource(ModelStore models) {
        this.models = models;
    }

    @GET
    @Operation(operationId = "listModels", summary = "Lists the models that the backends serve.")
    public ModelJson.ListJson list() {
        return ModelJson.ListJson.of(models.all());
    }

    /** Names of models may have slashes in them. */
    @GET
    @Path("{id: .+}")
    @Operation(operationId = "getModel", summary = "Retrieves a model.")
    public ModelJson get(@PathParam("id") String id) {
        Texts.check("model", id);
        return models.find(id).map(ModelJson::of).orElseThrow(() -> ApiException.noModel(id));
    }
}
