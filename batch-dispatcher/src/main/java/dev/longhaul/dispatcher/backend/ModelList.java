package dev.longhaul.dispatcher.backend;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the many shapes in which backends list their models: an array, bare or as {@code data} or {@code models}, of names or of
 * objects with an {@code id}, {@code name} or {@code model}. An entry that is none of these costs that entry alone.
 */
final class ModelList {
    private static final List<String> LISTS = List.of("data", "models");
    private static final List<String> NAMES = List.of("id", "name", "model");
    private static final Buffer BYTE_ORDER_MARK = Buffer.buffer(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF});

    private ModelList() {}

    /** The models' names; empty when it is no list of models, or one of none: an engine that is still loading says so. */
    static Set<String> read(Buffer body) {
        boolean marked = body.length() >= 3 && body.slice(0, 3).equals(BYTE_ORDER_MARK);
        try {
            return list(Json.decodeValue(marked ? body.slice(3, body.length()) : body))
                    .flatMap(ModelList::name)
                    .collect(Collectors.toSet());
        } catch (DecodeException e) {
            return Set.of();
        }
    }

    private static Stream<Object> list(Object json) {
        return switch (json) {
            case JsonArray bare -> bare.stream();
            case JsonObject wrapped ->
                LISTS.stream()
                        .map(wrapped::getValue)
                        .filter(Objects::nonNull)
                        .limit(1)
                        .flatMap(ModelList::list);
            case null, default -> Stream.empty();
        };
    }

    private static Stream<String> name(Object entry) {
        Optional<String> name = switch (entry) {
            case String bare -> Optional.of(bare);
            case JsonObject model ->
                NAMES.stream()
                        .map(model::getValue)
                        .filter(String.class::isInstance)
                        .map(Objects::toString)
                        .findFirst();
            case null, default -> Optional.empty();
        };
        return name.filter(text -> !text.isBlank()).stream();
    }
}
