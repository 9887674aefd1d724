package dev.longhaul.cli.local;

import java.net.URI;
import java.util.regex.Pattern;

/**
 * An inference server that batches are sent to.
 *
 * @param name as in the dispatcher's configuration: letters, digits and hyphens
 * @param url the base URL as clients of OpenAI give it, mostly ending in {@code /v1}; without a trailing slash
 */
public record Backend(String name, URI url) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");

    public Backend {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("the backend's name '" + name + "' must be of a-z, 0-9 and -");
        }
        String scheme = url.getScheme();
        if (url.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new IllegalArgumentException(
                    "the backend '" + url + "' must be a URL such as http://127.0.0.1:8000/v1");
        }
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
        String url = named ? text.substring(equals + 1) : text;
        while (url.endsWith("/")) {
            url = url.substring(0, url.length() - 1);
        }
        try {
            return new Backend(named ? text.substring(0, equals) : "backend-" + position, new URI(url));
        } catch (java.net.URISyntaxException e) {
            throw new IllegalArgumentException(
                    "the backend '" + url + "' must be a URL such as http://127.0.0.1:8000/v1");
        }
    }
}
