package dev.longhaul.api.batches;

import dev.longhaul.api.auth.Caller;
import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Digests;
import dev.longhaul.api.http.IdempotencyKey;
import dev.longhaul.api.http.JsonFields;
import dev.longhaul.api.http.ListQuery;
import dev.longhaul.api.http.Texts;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.store.Batch;
import dev.longhaul.store.BatchControl;
import dev.longhaul.store.BatchDeletion;
import dev.longhaul.store.BatchFilter;
import dev.longhaul.store.BatchStore;
import dev.longhaul.store.Idempotency;
import dev.longhaul.store.Job;
import dev.longhaul.store.JobStore;
import dev.longhaul.store.NewBatch;
import dev.longhaul.store.ProgressStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.Explode;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterStyle;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /v1/batches}. */
@Path("/v1/batches")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Batches")
public class BatchesResource {
    private static final int USUALLY_LISTED = 20;
    private static final int MOST_LISTED = 100;

    private final BatchStore batches;
    private final BatchCreation creation;
    private final BatchControl control;
    private final BatchDeletion deletion;
    private final JobStore jobs;
    private final Caller caller;
    private final ProgressStore progress;

    BatchesResource(
            BatchStore batches,
            BatchCreation creation,
            BatchControl control,
            BatchDeletion deletion,
            JobStore jobs,
            ProgressStore progress,
            Caller caller) {
        this.batches = batches;
        this.creation = creation;
        this.control = control;
        this.deletion = deletion;
        this.jobs = jobs;
        this.progress = progress;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "createBatch", summary = "Creates a batch from an uploaded file.")
    @RequestBodySchema(BatchBody.class)
    public BatchJson create(
            @HeaderParam(IdempotencyKey.HEADER) @Nullable String header,
            @Context HttpHeaders headers,
            InputStream body) {
        byte[] bytes = JsonFields.readBody(body);
        String idempotencyKey = IdempotencyKey.of(header, bytes);
        NewBatch wanted = CreateRequest.read(bytes, headers.getRequestHeaders(), this::termsOfJob);
        return creation.create(
                wanted, idempotencyKey == null ? null : new Idempotency(idempotencyKey, Digests.sha256(bytes)));
    }

    @GET
    @Operation(operationId = "listBatches", summary = "Lists batches, the newest first.")
    @Parameter(
            name = "metadata",
            in = ParameterIn.QUERY,
            style = ParameterStyle.DEEPOBJECT,
            explode = Explode.TRUE,
            description = "Pairs that its metadata must have, as in `metadata[team]=search`.",
            schema = @Schema(type = SchemaType.OBJECT, additionalProperties = String.class))
    public BatchJson.ListJson list(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("status")
                    @Parameter(
                            schema =
                                    @Schema(
                                            enumeration = {
                                                "validating",
                                                "failed",
                                                "in_progress",
                                                "finalizing",
                                                "completed",
                                                "expired",
                                                "cancelling",
                                                "cancelled"
                                            }))
                    @Nullable
                    String status,
            @QueryParam("job_id") @Nullable String jobId,
            @QueryParam("created_after")
                    @Parameter(schema = @Schema(type = SchemaType.INTEGER, minimum = "0"))
                    @Nullable
                    String createdAfter,
            @QueryParam("created_before")
                    @Parameter(schema = @Schema(type = SchemaType.INTEGER, minimum = "0"))
                    @Nullable
                    String createdBefore,
            @Context UriInfo uri) {
        BatchFilter filter = ListFilter.read(status, jobId, createdAfter, createdBefore, uri.getQueryParameters());
        int count = ListQuery.limit(limit, USUALLY_LISTED, MOST_LISTED);
        return batches.list(caller.tenantId(), filter, ListQuery.after(after), count)
                .map(page -> BatchJson.ListJson.of(page, progress))
                .orElseThrow(() -> ApiException.noBatch("after", String.valueOf(after)));
    }

    @GET
    @Path("{id}")
    @Operation(operationId = "getBatch", summary = "Tells how a batch is.")
    public BatchJson get(@PathParam("id") String id) {
        Texts.check("id", id);
        return batches.find(caller.tenantId(), id).map(this::json).orElseThrow(() -> ApiException.noBatch(null, id));
    }

    @DELETE
    @Path("{id}")
    @Operation(operationId = "deleteBatch", summary = "Deletes an ended batch and its result files.")
    public BatchJson.DeletedJson delete(@PathParam("id") String id) {
        Texts.check("id", id);
        return switch (deletion.delete(caller.tenantId(), id)) {
            case BatchDeletion.Deleted deleted -> new BatchJson.DeletedJson(id, "batch", true);
            case BatchDeletion.Unknown none -> throw ApiException.noBatch(null, id);
            case BatchDeletion.NotEnded(BatchStatus status) ->
                throw ApiException.conflict(null, "Cannot delete a batch with status '" + status.wireName() + "'.");
        };
    }

    /** Any body is as good as none. */
    @POST
    @Path("{id}/cancel")
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "cancelBatch", summary = "Cancels a batch; what is done is kept.")
    public BatchJson cancel(@PathParam("id") String id) {
        Texts.check("id", id);
        Batch batch = control.cancel(caller.tenantId(), id).orElseThrow(() -> ApiException.noBatch(null, id));
        if (isEndedOtherwise(batch.status())) {
            throw ApiException.conflict(
                    null, "Cannot cancel a batch with status '" + batch.status().wireName() + "'.");
        }
        return json(batch);
    }

    /** Any body is as good as none. */
    @POST
    @Path("{id}/pause")
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "pauseBatch", summary = "Starts no further line of a batch; its window goes on.")
    public BatchJson pause(@PathParam("id") String id) {
        Texts.check("id", id);
        return json(stillRuns("pause", id, control.pause(caller.tenantId(), id)));
    }

    /** Any body is as good as none. */
    @POST
    @Path("{id}/resume")
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "resumeBatch", summary = "Lets a paused batch go on.")
    public BatchJson resume(@PathParam("id") String id) {
        Texts.check("id", id);
        return json(stillRuns("resume", id, control.resume(caller.tenantId(), id)));
    }

    private static Batch stillRuns(String action, String id, Optional<Batch> found) {
        Batch batch = found.orElseThrow(() -> ApiException.noBatch(null, id));
        boolean runs = batch.status() == BatchStatus.VALIDATING || batch.status() == BatchStatus.IN_PROGRESS;
        if (!runs) {
            throw ApiException.conflict(
                    null,
                    "Cannot " + action + " a batch with status '"
                            + batch.status().wireName() + "'.");
        }
        if (batch.control().stopReason() != null) {
            throw ApiException.conflict(null, "Cannot " + action + " a batch whose completion window is over.");
        }
        return batch;
    }

    private static boolean isEndedOtherwise(BatchStatus status) {
        return switch (status) {
            case COMPLETED, FAILED, EXPIRED -> true;
            case VALIDATING, IN_PROGRESS, FINALIZING, CANCELLING, CANCELLED -> false;
        };
    }

    private BatchJson json(Batch batch) {
        return BatchJson.of(batch, progress.of(batch));
    }

    /** Also a deleted job's, since the request may repeat one from before; creating a batch looks again. */
    private Job.Terms termsOfJob(String jobId) {
        return jobs.findEvenDeleted(caller.tenantId(), jobId)
                .map(Job::terms)
                .orElseThrow(() -> BatchCreation.unknownJob(jobId));
    }
}
