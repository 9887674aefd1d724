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
import org.jspecify.annotations.Nullable;

/** {@code /v1/uploads}. */
@Path("/v1/uploads")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
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
    public UploadJson create(@HeaderParam(IdempotencyKey.HEADER) @Nullable String idempotencyKey, InputStream body) {
        IdempotencyKey.check(idempotencyKey);
        return UploadJson.of(uploads.create(caller.tenantId(), JsonFields.readBody(body), idempotencyKey));
    }

    @POST
    @Path("{id}/parts")
    @Consumes(MediaType.WILDCARD)
    public UploadJson.PartJson addPart(
            @PathParam("id") String id,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam(IdempotencyKey.HEADER) @Nullable String idempotencyKey,
            InputStream body)
            throws InterruptedException {
        try {
            IdempotencyKey.check(idempotencyKey);
            return UploadJson.PartJson.of(intake.take(caller.tenantId(), id, contentType, body, idempotencyKey));
        } catch (UploadForm.BrokenOffException e) {
            throw ApiException.badRequest(null, null, "The request body broke off.");
        } catch (ApiException | StoreException e) {
            Leftover.read(body);
            throw e;
        }
    }

    @POST
    @Path("{id}/complete")
    @Consumes(MediaType.WILDCARD)
    public UploadJson complete(
            @PathParam("id") String id,
            @HeaderParam(IdempotencyKey.HEADER) @Nullable String idempotencyKey,
            InputStream body) {
        IdempotencyKey.check(idempotencyKey);
        return uploads.complete(caller.tenantId(), id, JsonFields.readBody(body), idempotencyKey);
    }

    /** Any body is as good as none. */
    @POST
    @Path("{id}/cancel")
    @Consumes(MediaType.WILDCARD)
    public UploadJson cancel(@PathParam("id") String id) {
        return uploads.cancel(caller.tenantId(), id);
    }
}
