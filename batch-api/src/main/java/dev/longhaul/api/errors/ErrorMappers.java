package dev.longhaul.api.errors;

import dev.longhaul.store.Idempotency;
import dev.longhaul.store.QuotaExceededException;
import dev.longhaul.store.StoreUnavailableException;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.SimpleResourceInfo;

/** Turns whatever is thrown into an error of OpenAI's shape. */
public class ErrorMappers {
    private static final Logger LOG = Logger.getLogger(ErrorMappers.class);
    /** Statuses that a later try may mend; for others the SDKs are told not to try. */
    private static final Set<Integer> WORTH_RETRYING = Set.of(408, 429, 500, 502, 503, 504);

    private static final String SHOULD_RETRY = "x-should-retry";
    /** An SDK that is to wait for longer does not wait at all, and repeats at once. */
    private static final long LONGEST_HONOURED_SECONDS = 60;

    private static final int RETRY_AFTER_SECONDS = 2;
    private static final int UNAUTHORIZED = 401;
    private static final int REQUEST_TIMEOUT = 408;

    @ServerExceptionMapper
    public Response map(ApiException e, RoutingContext context) {
        if (e.status() == REQUEST_TIMEOUT) {
            closeAfterwards(context);
        }
        return answer(e).build();
    }

    /** Whoever sends too slowly could otherwise go on with the rest for ever: the server under us waits for it. */
    private static void closeAfterwards(RoutingContext context) {
        context.response().putHeader("connection", "close");
        context.addBodyEndHandler(sent -> context.request().connection().close());
    }

    @ServerExceptionMapper
    public Response map(UnsatisfiableException e) {
        return answer(ApiException.of(416, "The request asks for bytes past the end: there are " + e.bytes() + "."))
                .header("Content-Range", "bytes */" + e.bytes())
                .build();
    }

    @ServerExceptionMapper
    public Response map(NotFoundException e, UriInfo uri) {
        return answer(ApiException.of(404, "Unknown request URL: /" + path(uri) + "."))
                .build();
    }

    @ServerExceptionMapper
    public Response map(NotAllowedException e, UriInfo uri) {
        return answer(ApiException.of(405, "The request method is not allowed on /" + path(uri) + "."))
                .header(HttpHeaders.ALLOW, AllowedMethods.of("/" + path(uri)))
                .build();
    }

    @ServerExceptionMapper
    public Response map(WebApplicationException e) {
        int status = e.getResponse().getStatus();
        return answer(ApiException.of(status, "The request was refused: " + e.getMessage() + "."))
                .build();
    }

    @ServerExceptionMapper
    public Response map(StoreUnavailableException e) {
        LOG.warnf("statusCode=503 %s", e.getMessage());
        return answer(ApiException.of(503, "The service cannot reach its storage just now. Please try again."))
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                .build();
    }

    @ServerExceptionMapper
    public Response map(Idempotency.ConflictException e) {
        return answer(ApiException.conflict(
                        "Idempotency-Key", "The Idempotency-Key '" + e.key() + "' was used for another request."))
                .build();
    }

    @ServerExceptionMapper
    public Response map(QuotaExceededException e) {
        Long seconds = e.retryAfterSeconds();
        Response.ResponseBuilder answer = answer(ApiException.rateLimited(QuotaMessage.of(e)));
        return (switch (e.quota()) {
                    // Room comes of the tenant's own doing, or in a month.
                    case FILES, BYTES -> answer.header(SHOULD_RETRY, "false");
                    case BATCHES, LINES ->
                        answer.header(HttpHeaders.RETRY_AFTER, QuotaMessage.UNTIL_BATCHES_END_SECONDS);
                    case BATCHES_AN_HOUR -> {
                        if (seconds != null && seconds > LONGEST_HONOURED_SECONDS) {
                            answer.header(SHOULD_RETRY, "false");
                        }
                        yield answer.header(HttpHeaders.RETRY_AFTER, seconds);
                    }
                })
                .build();
    }

    /** An answer broke off in the middle: its client is gone, or S3 is; nothing can be answered any more. */
    @ServerExceptionMapper
    public Response map(IOException e) {
        LOG.infof("an answer broke off: %s", e.getMessage());
        return answer(ApiException.of(500, "The answer broke off.")).build();
    }

    /** The last resort: a fault of ours. */
    @ServerExceptionMapper
    public Response map(Throwable e, SimpleResourceInfo resource) {
        LOG.errorf(e, "statusCode=500 endpoint=%s", resource.getMethodName());
        return answer(ApiException.of(500, "The server had an error while processing the request."))
                .build();
    }

    private static Response.ResponseBuilder answer(ApiException e) {
        Response.ResponseBuilder answer = Response.status(e.status())
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(e.body());
        if (e.status() == UNAUTHORIZED) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        return WORTH_RETRYING.contains(e.status()) ? answer : answer.header(SHOULD_RETRY, "false");
    }

    private static String path(UriInfo uri) {
        String path = uri.getPath();
        return path.startsWith("/") ? path.substring(1) : path;
    }
}
