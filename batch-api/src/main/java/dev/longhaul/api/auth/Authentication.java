package dev.longhaul.api.auth;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.store.TenantStore;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Locale;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/** Lets nobody in without a tenant. */
public class Authentication {
    private static final String SCHEME = "bearer ";

    private final ApiKeys keys;
    private final AuthConfig config;
    private final Caller caller;

    Authentication(ApiKeys keys, AuthConfig config, Caller caller) {
        this.keys = keys;
        this.config = config;
        this.caller = caller;
    }

    @ServerRequestFilter
    @Priority(Priorities.AUTHENTICATION)
    public void identify(ContainerRequestContext request) {
        caller.identify(
                switch (config.mode()) {
                    case NONE -> TenantStore.DEFAULT_TENANT;
                    case KEYS -> tenantOf(request.getHeaderString(HttpHeaders.AUTHORIZATION));
                });
    }

    private String tenantOf(@Nullable String authorization) {
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw ApiException.unauthorized("You didn't provide an API key. Send it in the Authorization header:"
                    + " 'Authorization: Bearer YOUR_KEY'.");
        }
        String key = authorization.substring(SCHEME.length()).trim();
        return keys.tenantOf(key)
                .orElseThrow(() -> ApiException.unauthorized("Incorrect API key provided: " + ApiKeys.hint(key) + "."));
    }
}
