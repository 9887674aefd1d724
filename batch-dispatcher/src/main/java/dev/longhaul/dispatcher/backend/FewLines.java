package dev.longhaul.dispatcher.backend;

import java.util.HashSet;
import java.util.Set;

/**
 * Which lines these are as long as they are few; past that only that they are many.
 *
 * @param keys of the lines; more than {@link #MOST} stand for any number
 */
record FewLines(Set<Long> keys) {
    static final int MOST = 3;
    static final FewLines NONE = new FewLines(Set.of());

    FewLines with(long line) {
        if (!areFew() || keys.contains(line)) {
            return this;
        }
        Set<Long> more = new HashSet<>(keys);
        more.add(line);
        return new FewLines(Set.copyOf(more));
    }

    boolean areFew() {
        return keys.size() <= MOST;
    }

    boolean has(long line) {
        return keys.contains(line);
    }
}
