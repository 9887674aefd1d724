package dev.longhaul.api.keys;

import dev.longhaul.api.auth.AdminOnly;
import dev.longhaul.api.auth.ApiKeys;
import dev.longhaul.api.auth.Caller;
import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Digests;
import dev.longhaul.api.http.IdempotencyKey;
import dev.longhaul.api.http.JsonFields;
import dev.longhaul.api.http.ListQuery;
import dev.longhaul.api.http.Texts;
import dev.longhaul.store.Idempotency;
import dev.longhaul.store.KeyStore;
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
import java.security.SecureRandom;
import java.util.Base64;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /v1/api_keys}: for the operator those of all tenants, for another admin those of the tenant. */
@Path("/v1/api_keys")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Keys")
@AdminOnly
public class KeysResource {
    private static final int USUALLY_LISTED = 20;
    private static final int MOST_LISTED = 100;
    private static final int SECRET_BYTES = 36;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeyStore keys;
    private final ApiKeys known;
    private final Caller caller;

    KeysResource(KeyStore keys, ApiKeys known, Caller caller) {
        this.keys = keys;
        this.known = known;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "createApiKey", summary = "Creates a key; its value is told this once.")
    @RequestBodySchema(KeyBody.class)
    public KeyJson.CreatedJson create(@HeaderParam(IdempotencyKey.HEADER) @Nullable String header, InputStream body) {
        byte[] bytes = JsonFields.readBody(body);
        String idempotencyKey = IdempotencyKey.of(header, bytes);
        KeyRequest request = KeyRequest.read(bytes);
        String tenant = request.tenant() == null ? caller.tenantId() : request.tenant();
        if (!tenant.equals(caller.tenantId()) && !caller.isOperator()) {
            throw ApiException.forbidden(
                    "You have insufficient permissions for this operation: keys of another tenant are made with an"
                            + " admin key of the tenant 'default'.");
        }
        String secret = newSecret();
        KeyStore.NewKey key = new KeyStore.NewKey(
                tenant,
                request.name(),
                ApiKeys.hash(secret),
                ApiKeys.hint(secret),
                request.scopes(),
                request.expiresAfter());
        KeyStore.Created created = keys.create(
                caller.tenantId(),
                key,
                idempotencyKey == null ? null : new Idempotency(idempotencyKey, Digests.sha256(bytes)));
        return KeyJson.CreatedJson.of(created.key(), created.isNew() ? secret : null);
    }

    @GET
    @Operation(operationId = "listApiKeys", summary = "Lists keys, the newest first.")
    public KeyJson.ListJson list(
            @QueryParam("tenant") @Nullable String tenant,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        String wanted = tenant == null ? ownTenant() : KeyRequest.checkTenant("tenant", tenant);
        int count = ListQuery.limit(limit, USUALLY_LISTED, MOST_LISTED);
        if (!caller.isOperator() && !caller.tenantId().equals(wanted)) {
            throw ApiException.notFound("tenant", "No tenant found with id '" + tenant + "'.");
        }
        return keys.list(wanted, ListQuery.after(after), count)
                .map(KeyJson.ListJson::of)
                .orElseThrow(() -> unknown("after", String.valueOf(after)));
    }

    @GET
    @Path("{id}")
    @Operation(operationId = "getApiKey", summary = "Describes a key.")
    public KeyJson get(@PathParam("id") String id) {
        Texts.check("id", id);
        return keys.find(ownTenant(), id).map(KeyJson::of).orElseThrow(() -> unknown(null, id));
    }

    /** Revokes it; another process may go on taking it for some seconds. */
    @DELETE
    @Path("{id}")
    @Operation(operationId = "deleteApiKey", summary = "Revokes a key.")
    public KeyJson.DeletedJson revoke(@PathParam("id") String id) {
        Texts.check("id", id);
        if (id.equals(KeyStore.ADMIN_KEY_ID) && caller.isOperator()) {
            throw ApiException.conflict(
                    null, "Cannot revoke '" + id + "': it is the configuration's, change LONGHAUL_ADMIN_KEY instead.");
        }
        if (!keys.revoke(ownTenant(), id)) {
            throw unknown(null, id);
        }
        known.forget();
        return KeyJson.DeletedJson.of(id);
    }

    /** Null for all tenants. */
    private @Nullable String ownTenant() {
        return caller.isOperator() ? null : caller.tenantId();
    }

    private static String newSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return "sk-" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    private static ApiException unknown(@Nullable String param, String id) {
        return ApiException.notFound(param, "No API key found with id '" + id + "'.");
    }
}
