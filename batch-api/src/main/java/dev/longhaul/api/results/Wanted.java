package dev.longhaul.api.results;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Texts;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** Which bytes of a batch's results a request asks for. */
public final class Wanted {
    @QueryParam("offset")
    @Parameter(
            description = "The first byte.",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "0", defaultValue = "0"))
    @Nullable
    String offset;

    @QueryParam("follow")
    @Parameter(
            description = "Whether to stay until the batch has ended.",
            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
    @Nullable
    String follow;

    @HeaderParam("Range")
    @Parameter(example = "bytes=1024-")
    @Nullable
    String range;

    /** The first byte; null when the request names none. */
    @Nullable
    Long offset() {
        if (offset == null) {
            return null;
        }
        if (!offset.matches("[+-]?[0-9]{1,18}")) {
            throw ApiException.invalidType("offset", "an integer", "a string");
        }
        return Texts.within("offset", Long.parseLong(offset), 0, Long.MAX_VALUE);
    }

    /** Whether to stay until the batch has ended. */
    boolean follow() {
        if (follow != null && !follow.equals("true") && !follow.equals("false")) {
            throw ApiException.invalidValue("follow", Texts.notSupported(follow, List.of("true", "false")));
        }
        return "true".equals(follow);
    }

    /** The {@code Range} header as it came. */
    @Nullable
    String range() {
        return range;
    }
}
