package dev.longhaul.cli.local;

import dev.longhaul.model.BackendUrl;
import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An inference server that batches are sent to.
 *
 * @param name as in the dispatcher's configuration: letters, digits and hyphens
 * @param url the base URL as clients of OpenAI give it, mostly ending in {@code /v1}; without a trailing slash
 * @param key null when it asks for none
 */
public record Backend(String name, URI url, @Nullable BackendKey key) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");

    public Backend {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "--backend: the name '" + name + "' must consist of lower-case letters, digits and hyphens");
        }
        try {
            BackendUrl.parse(url.toString());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--backend: " + e.getMessage(), e);
        }
    }

    /** The same with a key. */
    public Backend withKey(BackendKey newKey) {
        return new Backend(name, url, newKey);
    }

    /**
     * Reads {@code URL} or {@code NAME=URL}.
     *
     * @param position for the default name, from 1
     * @throws IllegalArgumentException with a message for the user
     */
    public static Backend parse(String text, int position) {
        int equals = text.indexOf('=');
        boolean named = equals > 0 && !text.substring(0, equals).contains(":");
        String url = (named ? text.substring(equals + 1) : text).strip();
        try {
            BackendUrl.parse(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--backend: " + e.getMessage(), e);
        }
        while (url.endsWith("/")) {
            url = url.substring(0, url.length() - 1);
        }
        return new Backend(named ? text.substring(0, equals) : "backend-" + position, URI.create(url), null);
    }
}
