package dev.longhaul.api.auth;

import jakarta.enterprise.context.RequestScoped;

/** The tenant on whose behalf the current request is. */
@RequestScoped
public class Caller {
    private String tenantId = "";

    /** The tenant's id. */
    public String tenantId() {
        return tenantId;
    }

    void identify(String tenant) {
        this.tenantId = tenant;
    }
}
