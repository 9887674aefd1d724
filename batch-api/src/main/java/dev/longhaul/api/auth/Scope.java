package dev.longhaul.api.auth;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a key allows. */
public enum Scope {
    /** To look at files, batches and jobs. */
    READ,
    /** To create, change and delete them. */
    WRITE,
    /** Everything, keys and limits included. */
    ADMIN;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The name on the wire and in PostgreSQL. */
    public String wireName() {
        return wireName;
    }

    /** All wire names. */
    public static List<String> wireNames() {
        return Arrays.stream(values()).map(Scope::wireName).toList();
    }

    /** The scope of a wire name; a name that nobody knows allows nothing. */
    static Optional<Scope> ofWireName(String wireName) {
        return Arrays.stream(values())
                .filter(scope -> scope.wireName.equals(wireName))
                .findFirst();
    }
}
