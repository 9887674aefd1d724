package dev.longhaul.dispatcher.backend;

import java.net.URI;

/** Where a backend listens, and how a request line's {@code url} becomes a path there. */
public record BackendAddress(String host, int port, boolean tls, String prefix) {
    private static final String VERSION = "/v1";

    /**
     * Reads a base URL.
     *
     * @param name the backend's name, for the message
     * @throws IllegalArgumentException if it is no http or https URL
     */
    public static BackendAddress parse(String name, String url) {
        URI uri;
        try {
            uri = URI.create(url.strip());
        } catch (IllegalArgumentException e) {
            throw refusal(name, url);
        }
        boolean tls = "https".equalsIgnoreCase(uri.getScheme());
        if ((!tls && !"http".equalsIgnoreCase(uri.getScheme())) || uri.getHost() == null) {
            throw refusal(name, url);
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("longhaul.backends." + name
                    + ".url: must have no user, query or fragment; a key goes to .api-key-env or .api-key-file");
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
        String prefix = path.endsWith(VERSION) ? path.substring(0, path.length() - VERSION.length()) : path;
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
        return new BackendAddress(uri.getHost(), port, tls, prefix);
    }

    private static IllegalArgumentException refusal(String name, String url) {
        return new IllegalArgumentException("longhaul.backends." + name + ".url: '" + url
                + "' is not an http or https URL; give one like http://127.0.0.1:8000/v1");
    }

    /** The path of an endpoint such as {@code /v1/chat/completions}. */
    public String path(String endpoint) {
        return prefix + endpoint;
    }
}
