package dev.longhaul.api.results;

import dev.longhaul.api.auth.Caller;
import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.errors.UnsatisfiableException;
import dev.longhaul.api.files.ByteRange;
import dev.longhaul.api.files.FileContent;
import dev.longhaul.api.http.Texts;
import dev.longhaul.model.ResultKind;
import dev.longhaul.store.BatchResults;
import dev.longhaul.store.BatchResults.Growth;
import dev.longhaul.store.FileSegments;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerResponse;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /v1/batches/{id}/results} and {@code errors}: what is sealed of a batch's two files, from any byte on. */
@Path("/v1/batches")
@Produces(MediaType.WILDCARD)
@RunOnVirtualThread
@Tag(name = "Batches")
@APIResponse(
        responseCode = "200",
        description = "What there is from the offset on.",
        content = @Content(mediaType = ResultsResource.JSON_LINES, schema = @Schema(type = SchemaType.STRING)))
@APIResponse(
        responseCode = "206",
        description = "The range that was asked for.",
        content = @Content(mediaType = ResultsResource.JSON_LINES, schema = @Schema(type = SchemaType.STRING)))
@APIResponse(responseCode = "416", description = "There are not so many bytes yet.")
public class ResultsResource {
    static final String JSON_LINES = "application/jsonl";

    private final BatchResults results;
    private final FileSegments segments;
    private final Followers followers;
    private final Caller caller;

    ResultsResource(BatchResults results, FileSegments segments, Followers followers, Caller caller) {
        this.results = results;
        this.segments = segments;
        this.followers = followers;
        this.caller = caller;
    }

    @GET
    @Path("{id}/results")
    @Operation(
            operationId = "getBatchResults",
            summary = "Streams the lines that succeeded, also while the batch runs.")
    public Response results(
            @PathParam("id") String id, @BeanParam Wanted wanted, @Context HttpServerResponse response) {
        return answer(id, ResultKind.OUTPUT, wanted, response::closed);
    }

    @GET
    @Path("{id}/errors")
    @Operation(operationId = "getBatchErrors", summary = "Streams the lines that failed, also while the batch runs.")
    public Response errors(@PathParam("id") String id, @BeanParam Wanted wanted, @Context HttpServerResponse response) {
        return answer(id, ResultKind.ERRORS, wanted, response::closed);
    }

    private Response answer(String id, ResultKind kind, Wanted wanted, BooleanSupplier clientIsGone) {
        Texts.check("id", id);
        Long offset = wanted.offset();
        boolean follow = wanted.follow();
        String tenantId = caller.tenantId();
        Growth now = results.of(tenantId, id, kind).orElseThrow(() -> ApiException.noBatch(null, id));
        if (now.gone()) {
            throw ApiException.notFound("id", "No such File object: " + now.fileId());
        }
        long from = offset == null ? 0 : offset;
        if (from > now.bytes()) {
            throw new UnsatisfiableException(now.bytes());
        }
        if (follow) {
            StreamingOutput lines =
                    out -> followers.follow(() -> results.of(tenantId, id, kind), from, clientIsGone, out);
            return headers(Response.Status.OK).entity(lines).build();
        }
        if (offset != null) {
            return body(Response.Status.OK, now, from, now.bytes() - from).build();
        }
        return switch (ByteRange.of(wanted.range(), now.bytes())) {
            case ByteRange.Whole whole ->
                body(Response.Status.OK, now, 0, now.bytes()).build();
            case ByteRange.Part(long first, long last) ->
                body(Response.Status.PARTIAL_CONTENT, now, first, last - first + 1)
                        .header(
                                "Content-Range",
                                "bytes " + first + "-" + last + "/" + (now.ended() ? now.bytes() : "*"))
                        .build();
            case ByteRange.Unsatisfiable none -> throw new UnsatisfiableException(now.bytes());
        };
    }

    private Response.ResponseBuilder body(Response.Status status, Growth now, long offset, long length) {
        FileContent content = new FileContent(segments, segments.from(now.fileId(), offset), offset, length);
        return headers(status).header(HttpHeaders.CONTENT_LENGTH, length).entity((StreamingOutput) content::copyTo);
    }

    private static Response.ResponseBuilder headers(Response.Status status) {
        return Response.status(status)
                .type(JSON_LINES)
                .header("Accept-Ranges", "bytes")
                // nginx would hold back lines until it has some kilobytes of them.
                .header("X-Accel-Buffering", "no");
    }
}
