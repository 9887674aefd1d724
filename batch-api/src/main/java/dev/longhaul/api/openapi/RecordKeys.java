package dev.longhaul.api.openapi;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.RecordComponentInfo;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the records which keys may be null and which must be there: in an answer all, in a request those that are not
 * {@code @Nullable}. Runs while the application is built.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class RecordKeys implements OASFilter {
    private static final String PACKAGE = "dev.longhaul.";
    private static final String REQUEST = "Request";
    private static final DotName NULLABLE = DotName.createSimple(Nullable.class);
    private static final DotName NAMED =
            DotName.createSimple(org.eclipse.microprofile.openapi.annotations.media.Schema.class);
    private static final DotName SNAKE_CASE = DotName.createSimple(JsonNaming.class);
    private static final DotName PROPERTY = DotName.createSimple(JsonProperty.class);
    private static final SnakeCaseStrategy STRATEGY = new SnakeCaseStrategy();

    private final Map<String, ClassInfo> records = new HashMap<>();

    public RecordKeys(IndexView index) {
        for (ClassInfo type : index.getKnownClasses()) {
            if (type.isRecord() && type.name().toString().startsWith(PACKAGE)) {
                AnnotationInstance schema = type.declaredAnnotation(NAMED);
                if (schema == null || schema.value("name") == null) {
                    records.putIfAbsent(type.simpleName(), type);
                } else {
                    records.put(schema.value("name").asString(), type);
                }
            }
        }
    }

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.getComponents().getSchemas().forEach((name, schema) -> {
            if (schema.getAnyOf() != null) {
                schema.setType(null);
            }
            if (schema.getProperties() != null) {
                complete(schema, nullableKeys(records.get(name)), name.endsWith(REQUEST));
            }
        });
    }

    private static void complete(Schema schema, Set<String> nullable, boolean isRequest) {
        List<String> required = new ArrayList<>();
        Map<String, Schema> properties = new HashMap<>(schema.getProperties());
        schema.getProperties().forEach((key, property) -> {
            if (nullable.contains(key)) {
                properties.put(key, orNull(property));
            }
            if (!isRequest || !nullable.contains(key)) {
                required.add(key);
            }
        });
        schema.getProperties().keySet().forEach(key -> schema.addProperty(key, properties.get(key)));
        schema.setRequired(required);
    }

    private static Schema orNull(Schema property) {
        boolean standsForAnother = property.getRef() != null || property.getAnyOf() != null;
        if (standsForAnother) {
            // The scanner takes a stand-in for an object, whatever it stands for.
            property.setType(null);
        }
        if (standsForAnother || property.getEnumeration() != null || property.getType() == null) {
            return OASFactory.createSchema()
                    .anyOf(List.of(property, OASFactory.createSchema().type(List.of(SchemaType.NULL))));
        }
        if (!property.getType().contains(SchemaType.NULL)) {
            List<SchemaType> types = new ArrayList<>(property.getType());
            types.add(SchemaType.NULL);
            property.setType(types);
        }
        return property;
    }

    private static Set<String> nullableKeys(@Nullable ClassInfo type) {
        Set<String> keys = new TreeSet<>();
        if (type != null) {
            for (RecordComponentInfo component : type.recordComponents()) {
                if (component.type().hasAnnotation(NULLABLE)) {
                    keys.add(key(type, component));
                }
            }
        }
        return keys;
    }

    private static String key(ClassInfo type, RecordComponentInfo component) {
        AnnotationInstance property = component.declaredAnnotation(PROPERTY);
        if (property == null && type.field(component.name()) != null) {
            property = type.field(component.name()).annotation(PROPERTY);
        }
        if (property != null && property.value() != null) {
            return property.value().asString();
        }
        return type.hasDeclaredAnnotation(SNAKE_CASE) ? STRATEGY.translate(component.name()) : component.name();
    }
}
