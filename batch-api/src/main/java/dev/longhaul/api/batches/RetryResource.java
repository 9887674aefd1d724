package dev.longhaul.api.batches;

import dev.longhaul.api.auth.Caller;
import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Digests;
import dev.longhaul.api.http.IdempotencyKey;
import dev.longhaul.api.http.JsonFields;
import dev.longhaul.api.http.Texts;
import dev.longhaul.store.Batch;
import dev.longhaul.store.BatchStore;
import dev.longhaul.store.Idempotency;
import dev.longhaul.store.JobStore;
import dev.longhaul.store.NewBatch;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /v1/batches/{id}/retry}. */
@Path("/v1/batches")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Batches")
public class RetryResource {
    private final BatchStore batches;
    private final BatchCreation creation;
    private final JobStore jobs;
    private final Caller caller;

    RetryResource(BatchStore batches, BatchCreation creation, JobStore jobs, Caller caller) {
        this.batches = batches;
        this.creation = creation;
        this.jobs = jobs;
        this.caller = caller;
    }

    /** Runs the lines again that are in an ended batch's error file; an empty body is as good as none. */
    @POST
    @Path("{id}/retry")
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "retryBatch", summary = "Runs the failed lines of an ended batch again, as a new batch.")
    @RequestBodySchema(RetryBody.class)
    public BatchJson retry(
            @PathParam("id") String id,
            @HeaderParam(IdempotencyKey.HEADER) @Nullable String header,
            @Context HttpHeaders headers,
            InputStream body) {
        Texts.check("id", id);
        byte[] bytes = JsonFields.readBody(body);
        String idempotencyKey = IdempotencyKey.of(header, bytes);
        Idempotency idempotency = idempotencyKey == null ? null : new Idempotency(idempotencyKey, sha256(id, bytes));
        Optional<Batch> original = batches.find(caller.tenantId(), id);
        if (original.isEmpty()) {
            // It may have been deleted since it was retried.
            return creation.repeated(idempotency).orElseThrow(() -> ApiException.noBatch(null, id));
        }
        NewBatch wanted = RetryRequest.read(bytes, headers.getRequestHeaders(), original.get());
        try {
            return creation.create(wanted, idempotency);
        } catch (BatchStore.NothingToRetryException e) {
            throw refusal(original.get());
        }
    }

    /** Tells it from the retry of another batch, and from a creation. */
    private static byte[] sha256(String id, byte[] body) {
        MessageDigest digest = Digests.sha256();
        digest.update((id + "/retry\n").getBytes(StandardCharsets.UTF_8));
        return digest.digest(body);
    }

    private ApiException refusal(Batch original) {
        if (!original.status().isTerminal()) {
            return ApiException.conflict(
                    null,
                    "Cannot retry a batch with status '" + original.status().wireName() + "'.");
        }
        if (jobs.find(caller.tenantId(), original.jobId()).isEmpty()) {
            return BatchCreation.unknownJob(original.jobId());
        }
        return ApiException.conflict(
                null,
                original.errorFileId() == null
                        ? "Cannot retry a batch without an error file."
                        : "Cannot retry a batch whose error file or input file was deleted or has expired.");
    }
}
