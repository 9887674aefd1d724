package dev.longhaul.dispatcher.backend;

import dev.longhaul.model.BackendUrl;
import dev.longhaul.model.BatchEndpoints;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a backend listens, and how a request line's {@code url} becomes a path there.
 *
 * @param query what follows each path, with its question mark; empty when nothing does
 */
public record BackendAddress(String host, int port, boolean tls, String prefix, String query) {
    private static final String VERSION = "/v1";
    /** What a base URL may end with; the longest first. */
    private static final List<String> ENDS = Stream.concat(
                    BatchEndpoints.ALL.stream(), Stream.of(VERSION + "/models", VERSION))
            .toList();

    private static final Pattern QUERY = Pattern.compile("[!-~&&[^#?\"<>\\\\^`{|}]]+");

    /**
     * Reads a base URL: with or without {@code /v1}, or that of one of its endpoints.
     *
     * @param name the backend's name, for the message
     * @param query what each request's query is; some gateways want an {@code api-version}
     * @throws IllegalArgumentException if it is no http or https URL
     */
    public static BackendAddress parse(String name, String text, Optional<String> query) {
        BackendUrl url;
        try {
            url = BackendUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "longhaul.backends." + name + ".url: " + e.getMessage()
                            + (text.contains("?") ? "; give it as longhaul.backends." + name + ".query" : ""),
                    e);
        }
        return new BackendAddress(url.host(), url.port(), url.tls(), prefix(url.path()), query(name, query));
    }

    private static String prefix(String path) {
        return ENDS.stream()
                .filter(path::endsWith)
                .findFirst()
                .map(end -> path.substring(0, path.length() - end.length()))
                .orElse(path);
    }

    private static String query(String name, Optional<String> query) {
        String text = query.map(String::strip).orElse("");
        text = text.startsWith("?") ? text.substring(1) : text;
        if (!text.isEmpty() && !QUERY.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "longhaul.backends." + name + ".query: is not a query such as api-version=2024-10-21");
        }
        return text.isEmpty() ? "" : "?" + text;
    }

    /** The path of an endpoint such as {@code /v1/chat/completions}, with the query. */
    public String path(String endpoint) {
        return prefix + endpoint + query;
    }
}
