package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.longhaul.model.BatchStatus;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The OpenAPI document, which is made from the code. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class OpenApiTest {
    private static final Path PAGE = Path.of("../docs/openapi.json");
    private static final Set<String> UNTYPED = Set.of("body", "metadata");
    private static final List<String> SHAPES = List.of("type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const");
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT, SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    @Test
    void shouldBeTheOneUnderDocs() throws IOException {
        String served = MAPPER.writeValueAsString(MAPPER.convertValue(document(), java.util.TreeMap.class)) + "\n";
        if (System.getProperty("longhaul.rewrite-docs") != null) {
            Files.writeString(PAGE, served);
        }
        assertThat(PAGE)
                .as("docs/openapi.json; mvn -pl batch-api -am test -Dtest=OpenApiTest -Dlonghaul.rewrite-docs"
                        + " -Dsurefire.failIfNoSpecifiedTests=false renews it")
                .hasContent(served);
    }

    @Test
    void shouldGiveEverySchemaAType() throws IOException {
        List<String> untyped = new ArrayList<>();
        collectUntyped("", document(), untyped);
        assertThat(untyped).isEmpty();
    }

    @Test
    void shouldKnowAllStatuses() throws IOException {
        assertThat(document().at("/components/schemas/Batch/properties/status/enum"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(BatchStatus.values())
                        .map(BatchStatus::wireName)
                        .toList());
    }

    private static void collectUntyped(String path, JsonNode node, List<String> untyped) {
        if (node.isArray()) {
            node.forEach(item -> collectUntyped(path, item, untyped));
        }
        node.properties().forEach(child -> {
            String name = child.getKey();
            boolean isProperties = name.equals("properties") || name.equals("schemas");
            if (isProperties) {
                child.getValue()
                        .properties()
                        .forEach(schema ->
                                check(path + "/" + schema.getKey(), schema.getKey(), schema.getValue(), untyped));
            } else if (name.equals("schema") || name.equals("items")) {
                check(path + "/" + name, name, child.getValue(), untyped);
            }
            collectUntyped(path + "/" + name, child.getValue(), untyped);
        });
    }

    private static void check(String path, String name, JsonNode schema, List<String> untyped) {
        if (!UNTYPED.contains(name) && SHAPES.stream().noneMatch(schema::has)) {
            untyped.add(path);
        }
    }

    private static JsonNode document() throws IOException {
        return MAPPER.readTree(RestAssured.get("/openapi.json")
                .then()
                .statusCode(200)
                .extract()
                .asString());
    }
}
