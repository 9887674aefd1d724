package dev.longhaul.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a page says of an answer, a key a line: its path, then its types or, after {@code =}, its values, parted by {@code |}. A path
 * that ends in {@code ?} may be missing; below an object that is null or missing nothing is asked for. {@code []} stands for each item.
 */
record Shape(List<Key> keys) {
    private record Key(String path, boolean optional, List<String> kinds) {}

    static Shape of(String table) {
        return new Shape(table.lines()
                .map(line -> {
                    String[] parts = line.strip().split(" +", 2);
                    boolean optional = parts[0].endsWith("?");
                    String path = optional ? parts[0].substring(0, parts[0].length() - 1) : parts[0];
                    return new Key(path, optional, Arrays.asList(parts[1].split("\\|")));
                })
                .toList());
    }

    /** What in an answer is otherwise; nothing when it is as the page says. */
    List<String> differences(JsonNode answer) {
        List<String> differences = new ArrayList<>();
        for (Key key : keys) {
            look(key, "", List.of(key.path().split("\\.")), answer, differences);
        }
        return differences;
    }

    private static void look(Key key, String done, List<String> rest, JsonNode node, List<String> differences) {
        String name = rest.getFirst();
        boolean each = name.endsWith("[]");
        String path = done + "." + name;
        JsonNode value = node.get(each ? name.substring(0, name.length() - 2) : name);
        if (value == null) {
            if (!key.optional()) {
                differences.add(path + " is missing");
            }
        } else if (rest.size() == 1) {
            if (key.kinds().stream().noneMatch(kind -> is(kind, value))) {
                differences.add(path + " should be " + key.kinds() + " and is " + value);
            }
        } else if (each) {
            value.forEach(item -> look(key, path, rest.subList(1, rest.size()), item, differences));
        } else if (!value.isNull()) {
            look(key, path, rest.subList(1, rest.size()), value, differences);
        }
    }

    private static boolean is(String kind, JsonNode value) {
        return switch (kind) {
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "null" -> value.isNull();
            case "any" -> true;
            default -> kind.startsWith("=") && kind.substring(1).equals(value.textValue());
        };
    }
}
