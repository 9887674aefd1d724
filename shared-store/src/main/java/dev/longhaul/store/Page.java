package dev.longhaul.store;

import java.util.List;
import java.util.function.Function;

/** Part of a list. */
public record Page<T>(List<T> items, boolean hasMore) {
    public Page {
        items = List.copyOf(items);
    }

    /** Cuts what was read with one item more than asked for. */
    static <E, T> Page<T> cut(List<E> read, int limit, Function<E, T> mapping) {
        return new Page<>(read.stream().limit(limit).map(mapping).toList(), read.size() > limit);
    }
}
