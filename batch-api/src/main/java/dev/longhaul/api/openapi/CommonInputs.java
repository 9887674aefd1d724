package dev.longhaul.api.openapi;

import java.math.BigDecimal;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;

/** Describes what several operations read under the same name. */
final class CommonInputs {
    private static final String ANY = "*/*";
    private static final String JSON = "application/json";
    private static final int MOST_LISTED = 100;
    private static final int USUALLY_LISTED = 20;
    private static final int LONGEST_KEY = 255;

    private CommonInputs() {}

    static void complete(Operation operation) {
        List<Parameter> parameters = operation.getParameters();
        if (parameters != null) {
            parameters.forEach(CommonInputs::complete);
        }
        if (operation.getRequestBody() != null) {
            operation.getRequestBody().setRequired(true);
            // Resources read any type of body, so that no client fails for the want of a header.
            MediaType any = operation.getRequestBody().getContent().getMediaType(ANY);
            if (any != null) {
                operation.getRequestBody().setContent(OASFactory.createContent().addMediaType(JSON, any));
            }
        }
    }

    private static void complete(Parameter parameter) {
        Schema schema = parameter.getSchema();
        switch (parameter.getName()) {
            case "Idempotency-Key" -> {
                parameter.setDescription("The same key and content within 24 hours are answered by the first result.");
                schema.minLength(1).maxLength(LONGEST_KEY);
            }
            case "after" -> parameter.setDescription("The id after which the page begins.");
            case "limit" -> {
                parameter.setDescription("How many at most.");
                if (schema.getMaximum() == null) {
                    schema.type(List.of(SchemaType.INTEGER))
                            .minimum(BigDecimal.ONE)
                            .maximum(BigDecimal.valueOf(MOST_LISTED))
                            .defaultValue(USUALLY_LISTED);
                }
            }
            default -> {}
        }
    }
}
