package dev.longhaul.api.files;

import dev.longhaul.api.auth.Caller;
import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.errors.UnsatisfiableException;
import dev.longhaul.api.http.Attachment;
import dev.longhaul.api.http.IdempotencyKey;
import dev.longhaul.api.http.ListQuery;
import dev.longhaul.api.http.Texts;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.FileStore;
import dev.longhaul.store.StoreException;
import dev.longhaul.store.StoredFile;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.InputStream;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /v1/files}. */
@Path("/v1/files")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Files")
public class FilesResource {
    private static final String BYTES = MediaType.APPLICATION_OCTET_STREAM;
    private static final int MOST_LISTED = 10_000;
    private static final List<String> ORDERS = List.of("asc", "desc");

    private final FileStore files;
    private final FileSegments segments;
    private final FileIntake intake;
    private final Janitor janitor;
    private final Caller caller;

    FilesResource(FileStore files, FileSegments segments, FileIntake intake, Janitor janitor, Caller caller) {
        this.files = files;
        this.segments = segments;
        this.intake = intake;
        this.janitor = janitor;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "createFile", summary = "Uploads a file.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.MULTIPART_FORM_DATA,
                            schema = @Schema(implementation = FileBody.class)))
    public FileJson upload(
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Parameter(hidden = true) @Nullable String contentType,
            @HeaderParam(IdempotencyKey.HEADER) @Nullable String idempotencyKey,
            InputStream body)
            throws InterruptedException {
        try {
            IdempotencyKey.check(idempotencyKey);
            return FileJson.of(intake.take(caller.tenantId(), contentType, body, idempotencyKey));
        } catch (UploadForm.BrokenOffException e) {
            throw ApiException.badRequest(null, null, "The request body broke off.");
        } catch (ApiException | StoreException e) {
            Leftover.read(body, e);
            throw e;
        }
    }

    @GET
    @Operation(operationId = "listFiles", summary = "Lists files.")
    public FileJson.ListJson list(
            @QueryParam("purpose") @Nullable String purpose,
            @QueryParam("limit")
                    @Parameter(
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "10000",
                                            defaultValue = "10000"))
                    @Nullable
                    String limit,
            @QueryParam("order")
                    @Parameter(
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"asc", "desc"},
                                            defaultValue = "desc"))
                    @Nullable
                    String order,
            @QueryParam("after") @Nullable String after) {
        if (order != null && !ORDERS.contains(order)) {
            throw ApiException.invalidValue("order", Texts.notSupported(order, ORDERS));
        }
        if (purpose != null) {
            Texts.check("purpose", purpose);
        }
        int count = ListQuery.limit(limit, MOST_LISTED, MOST_LISTED);
        return files.list(caller.tenantId(), purpose, !"asc".equals(order), ListQuery.after(after), count)
                .map(FileJson.ListJson::of)
                .orElseThrow(() -> ApiException.notFound("after", "No such File object: " + after));
    }

    @GET
    @Path("{id}")
    @Operation(operationId = "getFile", summary = "Describes a file.")
    public FileJson get(@PathParam("id") String id) {
        return FileJson.of(file(id));
    }

    @DELETE
    @Path("{id}")
    @Operation(operationId = "deleteFile", summary = "Deletes a file; a batch that reads it goes on.")
    public FileJson.DeletedJson delete(@PathParam("id") String id) {
        Texts.check("id", id);
        if (!files.delete(caller.tenantId(), id)) {
            throw unknown(id);
        }
        janitor.wake();
        return new FileJson.DeletedJson(id, "file", true);
    }

    /** Clients ask for types of their own here, so none is refused. */
    @GET
    @Path("{id}/content")
    @Produces(MediaType.WILDCARD)
    @Operation(operationId = "getFileContent", summary = "Streams a file's bytes.")
    @APIResponse(
            responseCode = "200",
            description = "All of it.",
            content = @Content(mediaType = BYTES, schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(
            responseCode = "206",
            description = "The range that was asked for.",
            content = @Content(mediaType = BYTES, schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "304", description = "It is what `If-None-Match` names.")
    @APIResponse(responseCode = "416", description = "It has no such range.")
    public Response content(
            @PathParam("id") String id,
            @HeaderParam("Range") @Parameter(example = "bytes=0-1023") @Nullable String range,
            @HeaderParam("If-Range") @Nullable String ifRange,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch) {
        StoredFile file = file(id);
        String etag = etag(file);
        if (etag.equals(ifNoneMatch)) {
            return Response.notModified().header(HttpHeaders.ETAG, etag).build();
        }
        boolean isRanged = ifRange == null || ifRange.equals(etag);
        return switch (ByteRange.of(isRanged ? range : null, file.bytes())) {
            case ByteRange.Whole whole ->
                body(file, Response.Status.OK, 0, file.bytes()).build();
            case ByteRange.Part(long first, long last) ->
                body(file, Response.Status.PARTIAL_CONTENT, first, last - first + 1)
                        .header("Content-Range", "bytes " + first + "-" + last + "/" + file.bytes())
                        .build();
            case ByteRange.Unsatisfiable none -> throw new UnsatisfiableException(file.bytes());
        };
    }

    @HEAD
    @Path("{id}/content")
    @Produces(MediaType.WILDCARD)
    @Operation(operationId = "headFileContent", summary = "Tells how long a file is.")
    @APIResponse(responseCode = "200", description = "The headers of its content.")
    public Response contentHead(@PathParam("id") String id) {
        StoredFile file = file(id);
        return headers(file, Response.Status.OK, file.bytes()).build();
    }

    private Response.ResponseBuilder body(StoredFile file, Response.Status status, long offset, long length) {
        FileContent content = new FileContent(segments, segments.of(file.id()), offset, length);
        return headers(file, status, length).entity((StreamingOutput) content::copyTo);
    }

    private static Response.ResponseBuilder headers(StoredFile file, Response.Status status, long length) {
        return Response.status(status)
                .type(MediaType.APPLICATION_OCTET_STREAM_TYPE)
                .header(HttpHeaders.CONTENT_LENGTH, length)
                .header(HttpHeaders.ETAG, etag(file))
                .header(Attachment.HEADER, Attachment.of(file.filename()))
                .header("Accept-Ranges", "bytes");
    }

    private static String etag(StoredFile file) {
        return '"' + file.id() + "-" + file.bytes() + '"';
    }

    private StoredFile file(String id) {
        Texts.check("id", id);
        return files.find(caller.tenantId(), id).orElseThrow(() -> unknown(id));
    }

    private static ApiException unknown(String id) {
        return ApiException.notFound("id", "No such File object: " + id);
    }
}
