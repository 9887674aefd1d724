package dev.longhaul.api.limits;

import dev.longhaul.api.auth.Caller;
import dev.longhaul.store.Quotas;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** {@code /v1/limits}: the caller's own. */
@Path("/v1/limits")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class LimitsResource {
    private final Quotas quotas;
    private final Caller caller;

    LimitsResource(Quotas quotas, Caller caller) {
        this.quotas = quotas;
        this.caller = caller;
    }

    @GET
    public LimitsJson get() {
        return LimitsJson.of(
                caller.tenantId(), quotas.standing(caller.tenantId()).orElseThrow());
    }
}
