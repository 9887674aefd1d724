package dev.longhaul.api.limits;

import dev.longhaul.api.auth.Caller;
import dev.longhaul.store.Quotas;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /v1/limits}: the caller's own. */
@Path("/v1/limits")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Limits")
public class LimitsResource {
    private final Quotas quotas;
    private final Caller caller;

    LimitsResource(Quotas quotas, Caller caller) {
        this.quotas = quotas;
        this.caller = caller;
    }

    @GET
    @Operation(operationId = "getLimits", summary = "Tells your limits and what of them is used.")
    public LimitsJson get() {
        return LimitsJson.of(
                caller.tenantId(), quotas.standing(caller.tenantId()).orElseThrow());
    }
}
