package dev.longhaul.api.limits;

import dev.longhaul.api.auth.AdminOnly;
import dev.longhaul.api.auth.Caller;
import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.JsonFields;
import dev.longhaul.api.http.Texts;
import dev.longhaul.store.Quotas;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /v1/tenants/{id}/limits}: for the operator those of all tenants, for another admin those of the tenant, to look at. */
@Path("/v1/tenants/{id}/limits")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Limits")
@AdminOnly
public class TenantLimitsResource {
    private final Quotas quotas;
    private final Caller caller;

    TenantLimitsResource(Quotas quotas, Caller caller) {
        this.quotas = quotas;
        this.caller = caller;
    }

    @GET
    @Operation(operationId = "getTenantLimits", summary = "Tells a tenant's limits.")
    public LimitsJson get(@PathParam("id") String id) {
        check(id);
        return quotas.standing(id).map(standing -> LimitsJson.of(id, standing)).orElseThrow(() -> unknown(id));
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "setTenantLimits", summary = "Sets a tenant's limits.")
    @RequestBodySchema(LimitsBody.class)
    public LimitsJson set(@PathParam("id") String id, InputStream body) {
        check(id);
        if (!caller.isOperator()) {
            throw ApiException.forbidden("You have insufficient permissions for this operation: limits are set with an"
                    + " admin key of the tenant 'default'.");
        }
        if (!quotas.set(id, LimitsRequest.read(JsonFields.readBody(body)))) {
            throw unknown(id);
        }
        return get(id);
    }

    private void check(String id) {
        Texts.check("id", id);
        if (!caller.isOperator() && !id.equals(caller.tenantId())) {
            throw unknown(id);
        }
    }

    private static ApiException unknown(String id) {
        return ApiException.notFound(null, "No tenant found with id '" + id + "'.");
    }
}
