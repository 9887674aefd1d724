package dev.longhaul.dispatcher.plan;

import dev.longhaul.model.jsonl.InputField;
import dev.longhaul.model.jsonl.LineProblem;
import dev.longhaul.model.jsonl.RequestLine;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules for a line that depend on its batch. Remembers the first model: one instance reads one file once. */
final class RequestRules {
    private static final String NO_MODEL = "";

    private final EndpointRules endpoint;
    private final ModelCatalog models;
    private final boolean oneModelOnly;

    private @Nullable String firstModel;
    private @Nullable String lastModel;
    private List<String> lastServed = List.of();
    private Set<String> lastRefused = Set.of();

    RequestRules(EndpointRules endpoint, ModelCatalog models, boolean oneModelOnly, @Nullable String requiredModel) {
        this.endpoint = endpoint;
        this.models = models;
        // A model that the job names is as if the line before the first had named it.
        this.oneModelOnly = oneModelOnly || requiredModel != null;
        this.firstModel = requiredModel;
    }

    /** The first rule that the line breaks, or null. */
    @Nullable
    LineProblem broken(RequestLine line) {
        if (!line.url().equals(endpoint.url())) {
            return new LineProblem(
                    "invalid_url", "The URL provided for this request does not match the batch endpoint.", "url");
        }
        String model = line.model() == null ? NO_MODEL : line.model();
        List<String> endpoints = endpointsOf(model);
        if (!endpoints.contains(endpoint.url())) {
            return model.equals(NO_MODEL) ? missingModel() : notServed(model, endpoints);
        }
        if (firstModel == null) {
            firstModel = model;
        }
        if (oneModelOnly && !model.equals(firstModel)) {
            return new LineProblem(
                    "mismatched_model",
                    "All requests of this batch must use the same model: expected '" + LineProblem.shortened(firstModel)
                            + "', but got '" + LineProblem.shortened(model) + "'.",
                    "body.model");
        }
        if (line.stream()) {
            return new LineProblem(
                    "streaming_unsupported",
                    endpoint.title() + ": Streaming is not supported in the Batch API.",
                    "body.stream");
        }
        if (!endpoint.acceptsInputOf(line)) {
            return missingInput();
        }
        return line.watchedFields().stream()
                .filter(lastRefused::contains)
                .findFirst()
                .map(RequestRules::refusedField)
                .orElse(null);
    }

    /** The inputs that count against the limit of a batch for embeddings; none for another endpoint. */
    long embeddingInputs(RequestLine line) {
        return endpoint == EndpointRules.EMBEDDINGS ? line.inputs() : 0;
    }

    private List<String> endpointsOf(String model) {
        // Runs of one model are the rule: the tokenizer hands out the same string then.
        if (!model.equals(lastModel)) {
            lastServed = models.endpointsOf(model);
            lastRefused = models.refusedFields(model);
            lastModel = model;
        }
        return lastServed;
    }

    private LineProblem notServed(String model, List<String> elsewhere) {
        String name = LineProblem.shortened(model);
        return elsewhere.isEmpty()
                ? new LineProblem(
                        "model_not_found",
                        "The provided model '" + name + "' is not supported by the Batch API.",
                        "body.model")
                // There is such a model, so nobody should have to look for another name of it.
                : new LineProblem(
                        "invalid_request",
                        "The provided model '" + name + "' is not served at " + endpoint.url() + ", only at "
                                + String.join(", ", elsewhere)
                                + ". Please use another model, or create a batch for such an endpoint.",
                        "body.model");
    }

    private LineProblem missingModel() {
        String reason = endpoint.modelIsOptional() ? " No backend is configured to serve requests without one." : "";
        return new LineProblem("invalid_request", "Model parameter is required." + reason, "body.model");
    }

    private static LineProblem refusedField(String field) {
        return new LineProblem(
                "unsupported_parameter",
                "The parameter '" + field + "' is not allowed for this model.",
                "body." + field);
    }

    private LineProblem missingInput() {
        InputField input = endpoint.input();
        String title =
                Character.toUpperCase(input.key().charAt(0)) + input.key().substring(1);
        return new LineProblem("invalid_request", title + " parameter is required.", "body." + input.key());
    }
}
