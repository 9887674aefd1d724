package dev.longhaul.store;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Part of a list. */
public record Page<T>(List<T> items, boolean hasMore) {
    public Page {
        items = List.copyOf(items);
    }

    /** The first item's id; null when there is none. */
    public @Nullable String firstId(Function<? super T, String> id) {
        return items.isEmpty() ? null : id.apply(items.getFirst());
    }

    /** The last item's id, to go on after; null when there is none. */
    public @Nullable String lastId(Function<? super T, String> id) {
        return items.isEmpty() ? null : id.apply(items.getLast());
    }

    /** Cuts what was read with one item more than asked for. */
    static <E, T> Page<T> cut(List<E> read, int limit, Function<E, T> mapping) {
        return new Page<>(read.stream().limit(limit).map(mapping).toList(), read.size() > limit);
    }
}
