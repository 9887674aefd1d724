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
import dev.longhaul.store.BatchDeletion;
import dev.longhaul.store.BatchFilter;
import dev.longhaul.store.BatchStore;
import dev.longhaul.store.Idempotency;
import dev.longhaul.store.Job;
import dev.longhaul.store.JobStore;
import dev.longhaul.store.NewBatch;
import dev.longhaul.store.kafka.TopicsConfig;
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
import java.util.concurrent.ThreadLocalRandom;
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
    private final BatchDeletion deletion;
    private final JobStore jobs;
    private final Caller caller;
    private final TopicsConfig topics;

    BatchesResource(BatchStore batches, BatchDeletion deletion, JobStore jobs, Caller caller, TopicsConfig topics) {
        this.batches = batches;
        this.deletion = deletion;
        this.jobs = jobs;
        this.caller = caller;
        this.topics = topics;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "createBatch", summary = "Creates a batch from an uploaded file.")
    @RequestBodySchema(BatchBody.class)
    public BatchJson create(
            @HeaderParam(IdempotencyKey.HEADER) @Nullable String idempotencyKey,
            @Context HttpHeaders headers,
            InputStream body) {
        IdempotencyKey.check(idempotencyKey);
        byte[] bytes = JsonFields.readBody(body);
        NewBatch wanted = CreateRequest.read(bytes, headers.getRequestHeaders(), this::termsOfJob);
        Idempotency idempotency =
                idempotencyKey == null ? null : new Idempotency(idempotencyKey, Digests.sha256(bytes));
        int partition = ThreadLocalRandom.current().nextInt(topics.resultsPartitions());
        try {
            return BatchJson.of(batches.create(caller.tenantId(), wanted, partition, idempotency));
        } catch (BatchStore.UnknownJobException e) {
            throw unknownJob(e.jobId());
        } catch (BatchStore.GoneException e) {
            throw ApiException.conflict(
                    IdempotencyKey.HEADER, "The batch that was created with this Idempotency-Key has been deleted.");
        } catch (Idempotency.ConflictException e) {
            throw ApiException.conflict(
                    IdempotencyKey.HEADER,
                    "The Idempotency-Key '" + idempotencyKey + "' was used for another request.");
        }
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
                .map(BatchJson.ListJson::of)
                .orElseThrow(() -> ApiException.notFound("after", unknown(String.valueOf(after))));
    }

    @GET
    @Path("{id}")
    @Operation(operationId = "getBatch", summary = "Tells how a batch is.")
    public BatchJson get(@PathParam("id") String id) {
        Texts.check("id", id);
        return batches.find(caller.tenantId(), id)
                .map(BatchJson::of)
                .orElseThrow(() -> ApiException.notFound(null, unknown(id)));
    }

    @DELETE
    @Path("{id}")
    @Operation(operationId = "deleteBatch", summary = "Deletes an ended batch and its result files.")
    public BatchJson.DeletedJson delete(@PathParam("id") String id) {
        Texts.check("id", id);
        return switch (deletion.delete(caller.tenantId(), id)) {
            case BatchDeletion.Deleted deleted -> new BatchJson.DeletedJson(id, "batch", true);
            case BatchDeletion.Unknown none -> throw ApiException.notFound(null, unknown(id));
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
        Batch batch = batches.cancel(caller.tenantId(), id).orElseThrow(() -> ApiException.notFound(null, unknown(id)));
        if (isEndedOtherwise(batch.status())) {
            throw ApiException.conflict(
                    null, "Cannot cancel a batch with status '" + batch.status().wireName() + "'.");
        }
        return BatchJson.of(batch);
    }

    private static boolean isEndedOtherwise(BatchStatus status) {
        return switch (status) {
            case COMPLETED, FAILED, EXPIRED -> true;
            case VALIDATING, IN_PROGRESS, FINALIZING, CANCELLING, CANCELLED -> false;
        };
    }

    /** Also a deleted job's, since the request may repeat one from before; creating a batch looks again. */
    private Job.Terms termsOfJob(String jobId) {
        return jobs.findEvenDeleted(caller.tenantId(), jobId).map(Job::terms).orElseThrow(() -> unknownJob(jobId));
    }

    private static ApiException unknownJob(String jobId) {
        return ApiException.notFound("job_id", "No job found with id '" + jobId + "'.");
    }

    private static String unknown(String id) {
        return "No batch found with id '" + id + "'.";
    }
}
