package dev.longhaul.api.openapi;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.links.Link;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** Tells which operations take an id that another one answers. Whoever follows them gets from an upload's parts to a batch's files. */
final class Links {
    private static final String ID = "$response.body#/id";
    private static final String FILES = "/v1/files";
    private static final String BATCHES = "/v1/batches";
    private static final String UPLOADS = "/v1/uploads";

    private Links() {}

    static void add(Map<String, PathItem> paths) {
        paths.forEach((path, item) -> {
            if (item.getPOST() != null && !path.contains("{")) {
                addAll(answer(item.getPOST()), paths, path, ID);
            }
        });
        addBatch(answer(post(paths, FILES)), ID);

        answer(post(paths, UPLOADS + "/{id}/parts"))
                .addLink(
                        "completeUpload",
                        link("completeUpload", "$request.path.id").requestBody(Map.of("part_ids", List.of(ID))));
        String file = "$response.body#/file/id";
        APIResponse completed = answer(post(paths, UPLOADS + "/{id}/complete"));
        addAll(completed, paths, FILES, file);
        addBatch(completed, file);

        addAll(answer(post(paths, BATCHES + "/{id}/retry")), paths, BATCHES, ID);
        answer(item(paths, BATCHES + "/{id}").getGET())
                .addLink("getInputFile", link("getFile", "$response.body#/input_file_id"))
                .addLink("getOutputContent", link("getFileContent", "$response.body#/output_file_id"))
                .addLink("getErrorContent", link("getFileContent", "$response.body#/error_file_id"));
    }

    /** To every operation on one thing of a kind. */
    private static void addAll(APIResponse answer, Map<String, PathItem> paths, String kind, String id) {
        paths.forEach((path, item) -> {
            if (path.startsWith(kind + "/{id}")) {
                item.getOperations()
                        .values()
                        .forEach(operation ->
                                answer.addLink(operation.getOperationId(), link(operation.getOperationId(), id)));
            }
        });
    }

    private static void addBatch(APIResponse answer, String fileId) {
        answer.addLink(
                "createBatch",
                OASFactory.createLink()
                        .operationId("createBatch")
                        .requestBody(Map.of("input_file_id", fileId, "endpoint", "/v1/chat/completions")));
    }

    private static Link link(String operation, String id) {
        return OASFactory.createLink().operationId(operation).addParameter("id", id);
    }

    private static APIResponse answer(Operation operation) {
        return operation.getResponses().getAPIResponse("200");
    }

    private static Operation post(Map<String, PathItem> paths, String path) {
        return item(paths, path).getPOST();
    }

    private static PathItem item(Map<String, PathItem> paths, String path) {
        return Objects.requireNonNull(paths.get(path), path);
    }
}
