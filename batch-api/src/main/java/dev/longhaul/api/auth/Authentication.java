package dev.longhaul.api.auth;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.store.TenantStore;
import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.SimpleResourceInfo;
import org.jspecify.annotations.Nullable;

/** Lets nobody in without a tenant, and nobody further than the key allows. */
public class Authentication {
    private static final String SCHEME = "bearer ";
    private static final Set<String> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

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
    public void identify(ContainerRequestContext request, SimpleResourceInfo resource) {
        switch (config.mode()) {
            case NONE -> caller.identify(TenantStore.DEFAULT_TENANT, EnumSet.allOf(Scope.class));
            case KEYS -> {
                ApiKeys.Access access = access(request.getHeaderString(HttpHeaders.AUTHORIZATION));
                caller.identify(access.tenantId(), access.scopes());
            }
        }
        caller.require(needed(request.getMethod(), resource.getResourceClass()));
    }

    private static Scope needed(String method, Class<?> resource) {
        if (resource.isAnnotationPresent(AdminOnly.class)) {
            return Scope.ADMIN;
        }
        return READING.contains(method) ? Scope.READ : Scope.WRITE;
    }

    private ApiKeys.Access access(@Nullable String authorization) {
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw ApiException.unauthorized("You didn't provide an API key. Send it in the Authorization header:"
                    + " 'Authorization: Bearer YOUR_KEY'.");
        }
        String key = authorization.substring(SCHEME.length()).trim();
        return keys.accessOf(key)
                .orElseThrow(() -> ApiException.unauthorized("Incorrect API key provided: " + ApiKeys.hint(key) + "."));
    }
}
