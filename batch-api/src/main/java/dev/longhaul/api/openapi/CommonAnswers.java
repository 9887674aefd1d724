package dev.longhaul.api.openapi;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/** Adds what every operation has: the key, the errors, the request's id. Runs while the application is built. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class CommonAnswers implements OASFilter {
    private static final String SCHEME = "api_key";
    private static final String REQUEST_ID = "x-request-id";
    private static final String JSON = "application/json";

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.getComponents()
                .addSecurityScheme(
                        SCHEME,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .description("Not asked for where the installation runs without keys."));
        document.addSecurityRequirement(OASFactory.createSecurityRequirement().addScheme(SCHEME));
        Map<String, PathItem> paths = document.getPaths().getPathItems();
        paths.forEach((path, item) -> item.getOperations().forEach((method, operation) -> {
            CommonInputs.complete(operation);
            complete(path, method, operation);
        }));
        Links.add(paths);
    }

    private static void complete(String path, HttpMethod method, Operation operation) {
        statuses(path, method, operation).forEach((status, description) -> {
            // The scanner adds errors of its own without a body.
            operation.getResponses().addAPIResponse(status, error(method, description));
        });
        operation
                .getResponses()
                .getAPIResponses()
                .values()
                .forEach(answer -> answer.addHeader(REQUEST_ID, requestId()));
    }

    private static Map<String, String> statuses(String path, HttpMethod method, Operation operation) {
        Map<String, String> statuses = new LinkedHashMap<>();
        statuses.put("400", "Something in the request is wrong; `param` names it.");
        statuses.put("401", "No key, or none that is valid.");
        statuses.put("403", "The key's scopes don't allow it.");
        boolean refers = path.contains("{") || operation.getRequestBody() != null;
        boolean pages = operation.getParameters() != null
                && operation.getParameters().stream().anyMatch(parameter -> "after".equals(parameter.getName()));
        if (refers || pages) {
            statuses.put("404", "What the request refers to does not exist, or is another tenant's.");
        }
        if (method == HttpMethod.POST || method == HttpMethod.DELETE) {
            statuses.put(
                    "409", "In conflict with the state of things, or with an earlier use of the `Idempotency-Key`.");
        }
        if (operation.getRequestBody() != null) {
            statuses.put("408", "The body came too slowly.");
            statuses.put("413", "The body is too large.");
        }
        statuses.put("414", "The URL is too long.");
        APIResponse noRange = operation.getResponses().getAPIResponse("416");
        if (noRange != null) {
            statuses.put("416", noRange.getDescription());
        }
        if (method == HttpMethod.POST) {
            statuses.put(
                    "429",
                    "A limit of the tenant's is reached; `Retry-After` says when to try again, where time mends it.");
        }
        statuses.put("431", "The headers are too large.");
        statuses.put("500", "An error of the service's own.");
        statuses.put("503", "The service cannot reach its storage just now; `Retry-After` says when to try again.");
        return statuses;
    }

    private static APIResponse error(HttpMethod method, String description) {
        APIResponse answer = OASFactory.createAPIResponse().description(description);
        if (method == HttpMethod.HEAD) {
            return answer;
        }
        return answer.content(OASFactory.createContent()
                .addMediaType(
                        JSON,
                        OASFactory.createMediaType()
                                .schema(OASFactory.createSchema().ref("#/components/schemas/Error"))));
    }

    private static Header requestId() {
        return OASFactory.createHeader()
                .description("The request's id.")
                .schema(OASFactory.createSchema().addType(SchemaType.STRING));
    }
}
