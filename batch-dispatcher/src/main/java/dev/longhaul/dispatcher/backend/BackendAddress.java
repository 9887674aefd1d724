package dev.longhaul.dispatcher.backend;

import dev.longhaul.model.BackendUrl;

/** Where a backend listens, and how a request line's {@code url} becomes a path there. */
public record BackendAddress(String host, int port, boolean tls, String prefix) {
    private static final String VERSION = "/v1";

    /**
     * Reads a base URL.
     *
     * @param name the backend's name, for the message
     * @throws IllegalArgumentException if it is no http or https URL
     */
    public static BackendAddress parse(String name, String text) {
        BackendUrl url;
        try {
            url = BackendUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("longhaul.backends." + name + ".url: " + e.getMessage(), e);
        }
        String path = url.path();
        String prefix = path.endsWith(VERSION) ? path.substring(0, path.length() - VERSION.length()) : path;
        return new BackendAddress(url.host(), url.port(), url.tls(), prefix);
    }

    /** The path of an endpoint such as {@code /v1/chat/completions}. */
    public String path(String endpoint) {
        return prefix + endpoint;
    }
}
