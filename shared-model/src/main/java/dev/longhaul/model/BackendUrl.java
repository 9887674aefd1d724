package dev.longhaul.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The base URL of an inference server. The command line and the dispatcher read it by the same rules, so that a wrong one is
 * refused before anything is stopped for it. Host names may have underscores, as those of Docker Compose do.
 *
 * @param host a name or an address, that of IPv6 in brackets
 * @param port never 0: the scheme's own where the URL has none
 * @param path without a slash at its end, so often empty
 */
public record BackendUrl(boolean tls, String host, int port, String path) {
    public static final String EXAMPLE = "http://127.0.0.1:8000/v1";

    private static final Pattern URL =
            Pattern.compile("(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?<authority>[^/?#]*)(?<path>[^?#]*)(?<rest>.*)");
    private static final Pattern AUTHORITY =
            Pattern.compile("(?<host>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%]+])(:(?<port>[0-9]*))?");
    private static final Pattern PATH = Pattern.compile("([A-Za-z0-9/._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*");
    private static final int HIGHEST_PORT = 65_535;

    /**
     * Reads it; white space around it is dropped.
     *
     * @throws IllegalArgumentException with a message that can follow the name of the setting, and never has a password in it
     */
    public static BackendUrl parse(String text) {
        String stripped = text.strip();
        Matcher url = URL.matcher(stripped);
        if (!url.matches()) {
            throw notAUrl(stripped);
        }
        if (url.group("authority").contains("@")) {
            throw new IllegalArgumentException(
                    "the URL has a user or password in it; an API key is configured beside the URL");
        }
        Matcher authority = AUTHORITY.matcher(url.group("authority"));
        String scheme = url.group("scheme").toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        if (!(tls || scheme.equals("http"))
                || !authority.matches()
                || !PATH.matcher(url.group("path")).matches()) {
            throw notAUrl(stripped);
        }
        if (!url.group("rest").isEmpty()) {
            throw new IllegalArgumentException("'" + stripped + "' must end before '"
                    + url.group("rest").charAt(0) + "': the base URL of a backend has no query and no fragment");
        }
        return new BackendUrl(
                tls,
                authority.group("host"),
                port(authority.group("port"), tls, stripped),
                withoutSlash(url.group("path")));
    }

    private static int port(@Nullable String digits, boolean tls, String url) {
        if (digits == null || digits.isEmpty()) {
            return tls ? 443 : 80;
        }
        // Longer than any port: need not fit an int.
        int port = digits.length() > 5 ? HIGHEST_PORT + 1 : Integer.parseInt(digits);
        if (port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException(
                    "'" + url + "' has the port " + digits + ", which is not between 1 and " + HIGHEST_PORT);
        }
        return port;
    }

    private static String withoutSlash(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    private static IllegalArgumentException notAUrl(String text) {
        return new IllegalArgumentException("'" + text + "' is not an http or https URL; give one like " + EXAMPLE);
    }
}
