package dev.longhaul.api.files;

import dev.longhaul.api.auth.Caller;
import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.IdempotencyKey;
import dev.longhaul.api.http.JsonFields;
import dev.longhaul.store.StoreException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /v1/uploads}. */
@Path("/v1/uploads")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Uploads")
public class UploadsResource {
    private final Uploads uploads;
    private final PartIntake intake;
    private final Caller caller;

    UploadsResource(Uploads uploads, PartIntake intake, Caller caller) {
        this.uploads = uploads;
        this.intake = intake;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "createUpload", summary = "Begins a file that comes in parts.")
    @RequestBody(content = @Content(schema = @Schema(implementation = UploadBody.class)))
    public UploadJson create(@HeaderParam(IdempotencyKey.HEADER) @Nullable String header, InputStream body) {
        byte[] bytes = JsonFields.readBody(body);
        return UploadJson.of(uploads.create(caller.tenantId(), bytes, IdempotencyKey.of(header, bytes)));
    }

    @POST
    @Path("{id}/parts")
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "addUploadPart", summary = "Adds a part; several may come at once.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.MULTIPART_FORM_DATA,
                            schema = @Schema(implementation = UploadBody.Part.class)))
    public UploadJson.PartJson addPart(
            @PathParam("id") String id,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Parameter(hidden = true) @Nullable String contentType,
            @HeaderParam(IdempotencyKey.HEADER) @Nullable String idempotencyKey,
            InputStream body)
            throws InterruptedException {
        try {
            IdempotencyKey.check(idempotencyKey);
            return UploadJson.PartJson.of(intake.take(caller.tenantId(), id, contentType, body, idempotencyKey));
        } catch (UploadForm.BrokenOffException e) {
            throw ApiException.badRequest(null, null, "The request body broke off.");
        } catch (ApiException | StoreException e) {
            Leftover.read(body, e);
            throw e;
        }
    }

    @POST
    @Path("{id}/complete")
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "completeUpload", summary = "Makes a file of parts, in the order that is said.")
    @RequestBody(content = @Content(schema = @Schema(implementation = UploadBody.Completion.class)))
    public UploadJson complete(
            @PathParam("id") String id, @HeaderParam(IdempotencyKey.HEADER) @Nullable String header, InputStream body) {
        byte[] bytes = JsonFields.readBody(body);
        return uploads.complete(caller.tenantId(), id, bytes, IdempotencyKey.of(header, bytes));
    }

    /** Any body is as good as none. */
    @POST
    @Path("{id}/cancel")
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "cancelUpload", summary = "Ends an upload and forgets its parts.")
    public UploadJson cancel(@PathParam("id") String id) {
        return uploads.cancel(caller.tenantId(), id);
    }
}
