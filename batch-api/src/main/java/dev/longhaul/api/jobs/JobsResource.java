package dev.longhaul.api.jobs;

import dev.longhaul.api.auth.Caller;
import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Digests;
import dev.longhaul.api.http.IdempotencyKey;
import dev.longhaul.api.http.JsonFields;
import dev.longhaul.api.http.ListQuery;
import dev.longhaul.api.http.Texts;
import dev.longhaul.store.Idempotency;
import dev.longhaul.store.JobStore;
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
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /v1/jobs}. */
@Path("/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Jobs")
public class JobsResource {
    private static final int USUALLY_LISTED = 20;
    private static final int MOST_LISTED = 100;

    private final JobStore jobs;
    private final Caller caller;

    JobsResource(JobStore jobs, Caller caller) {
        this.jobs = jobs;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "createJob", summary = "Creates a job.")
    @RequestBodySchema(JobBody.class)
    public JobJson create(@HeaderParam(IdempotencyKey.HEADER) @Nullable String header, InputStream body) {
        byte[] bytes = JsonFields.readBody(body);
        String idempotencyKey = IdempotencyKey.of(header, bytes);
        JobRequest request = JobRequest.read(bytes);
        Idempotency idempotency =
                idempotencyKey == null ? null : new Idempotency(idempotencyKey, Digests.sha256(bytes));
        try {
            return JobJson.of(jobs.create(caller.tenantId(), request.id(), request.terms(), idempotency));
        } catch (JobStore.TakenException e) {
            throw ApiException.conflict("id", "There is a job with id '" + request.id() + "' already.");
        }
    }

    @GET
    @Operation(operationId = "listJobs", summary = "Lists jobs, the newest first.")
    public JobJson.ListJson list(
            @QueryParam("after") @Nullable String after, @QueryParam("limit") @Nullable String limit) {
        int count = ListQuery.limit(limit, USUALLY_LISTED, MOST_LISTED);
        return jobs.list(caller.tenantId(), ListQuery.after(after), count)
                .map(JobJson.ListJson::of)
                .orElseThrow(() -> unknown("after", String.valueOf(after)));
    }

    @GET
    @Path("{id}")
    @Operation(operationId = "getJob", summary = "Describes a job.")
    public JobJson get(@PathParam("id") String id) {
        Texts.check("id", id);
        return jobs.find(caller.tenantId(), id).map(JobJson::of).orElseThrow(() -> unknown(null, id));
    }

    @DELETE
    @Path("{id}")
    @Operation(operationId = "deleteJob", summary = "Deletes a job that no open batch belongs to.")
    public JobJson.DeletedJson delete(@PathParam("id") String id) {
        Texts.check("id", id);
        return switch (jobs.delete(caller.tenantId(), id)) {
            case DELETED -> new JobJson.DeletedJson(id, "job", true);
            case UNKNOWN -> throw unknown(null, id);
            case IS_DEFAULT -> throw ApiException.conflict(null, "Cannot delete the default job.");
            case IN_USE ->
                throw ApiException.conflict(
                        null, "Cannot delete the job '" + id + "' while batches of it have not ended.");
        };
    }

    private static ApiException unknown(@Nullable String param, String id) {
        return ApiException.notFound(param, "No job found with id '" + id + "'.");
    }
}
