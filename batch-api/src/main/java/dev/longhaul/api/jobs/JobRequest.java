package dev.longhaul.api.jobs;

import dev.longhaul.api.batches.CompletionWindow;
import dev.longhaul.api.batches.Endpoints;
import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.JsonFields;
import dev.longhaul.api.http.Texts;
import dev.longhaul.store.Job;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The request to create a job.
 *
 * @param id null for one that we choose
 */
record JobRequest(@Nullable String id, Job.Terms terms) {
    private static final Pattern ID = Pattern.compile("job-[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
    private static final int LONGEST_ID = 104;
    private static final int LONGEST_NAME = 512;
    private static final int LONGEST_ENDPOINT = 256;
    private static final int LONGEST_MODEL = 256;
    private static final int MOST_PRIORITY = 100;

    static JobRequest read(byte[] body) {
        JsonFields fields = JsonFields.parse(body);
        Optional<CompletionWindow> window =
                fields.text("completion_window", LONGEST_ENDPOINT).map(CompletionWindow::parse);
        return new JobRequest(
                fields.text("id", LONGEST_ID).map(JobRequest::checkId).orElse(null),
                new Job.Terms(
                        fields.text("name", LONGEST_NAME).orElse(null),
                        fields.text("endpoint", LONGEST_ENDPOINT)
                                .map(Endpoints::check)
                                .orElse(null),
                        fields.text("model", LONGEST_MODEL)
                                .map(JobRequest::checkModel)
                                .orElse(null),
                        window.map(CompletionWindow::text).orElse(null),
                        window.map(CompletionWindow::length).orElse(null),
                        priority(fields),
                        fields.flag("single_model").orElse(false),
                        fields.object("limits").map(JobRequest::maxLines).orElse(null)));
    }

    private static String checkId(String id) {
        if (!ID.matcher(id).matches()) {
            throw ApiException.invalidValue(
                    "id",
                    "Invalid 'id': '" + id + "'. Expected 'job-' and up to 100 letters, digits, '-', '_' or '.',"
                            + " the first one a letter or digit.");
        }
        return id;
    }

    private static String checkModel(String model) {
        if (model.isBlank()) {
            throw ApiException.invalidValue("model", "Invalid 'model': must not be empty.");
        }
        return model;
    }

    private static int priority(JsonFields fields) {
        return (int) Texts.within("priority", fields.integer("priority").orElse(0), -MOST_PRIORITY, MOST_PRIORITY);
    }

    private static @Nullable Long maxLines(JsonFields limits) {
        OptionalLong maxLines = limits.integer("max_lines");
        return maxLines.isPresent()
                ? (Long) Texts.within("limits.max_lines", maxLines.getAsLong(), 1, Long.MAX_VALUE)
                : null;
    }
}
