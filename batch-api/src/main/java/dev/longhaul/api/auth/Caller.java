package dev.longhaul.api.auth;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.store.TenantStore;
import jakarta.enterprise.context.RequestScoped;
import java.util.Set;

/** The tenant on whose behalf the current request is, and what its key allows. */
@RequestScoped
public class Caller {
    private String tenantId = "";
    private Set<Scope> scopes = Set.of();

    /** The tenant's id. */
    public String tenantId() {
        return tenantId;
    }

    /** Whether the caller runs this installation, which an admin key of the default tenant says: it may act on all tenants. */
    public boolean isOperator() {
        return scopes.contains(Scope.ADMIN) && tenantId.equals(TenantStore.DEFAULT_TENANT);
    }

    void identify(String tenant, Set<Scope> allowed) {
        this.tenantId = tenant;
        this.scopes = Set.copyOf(allowed);
    }

    void require(Scope scope) {
        if (!scopes.contains(scope) && !scopes.contains(Scope.ADMIN)) {
            throw ApiException.forbidden("You have insufficient permissions for this operation. Missing scopes: "
                    + scope.wireName() + ". Please use a key that has them.");
        }
    }
}
