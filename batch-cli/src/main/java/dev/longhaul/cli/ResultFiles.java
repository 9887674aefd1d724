package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.Batch;
import dev.longhaul.cli.failure.Reason;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a batch's results go.
 *
 * @param output the lines that succeeded; written always, empty when none did
 * @param errors the lines that did not; a file exists afterwards only if there are any; null to leave them in the service
 */
record ResultFiles(ResultTarget output, @Nullable ResultTarget errors) {

    /**
     * Looks whether both can be written, so that nobody waits for hours to learn that they can't.
     *
     * @param errors null for {@code OUTPUT.errors.jsonl}, or for none when the output is a stream
     * @param input neither may be this file; null when there is none
     * @throws CliException with the usage code
     */
    static ResultFiles check(Path output, @Nullable Path errors, @Nullable Path input) {
        ResultTarget outputTarget = ResultTarget.check("--output", output);
        Path errorsPath = errors != null || outputTarget.isStream()
                ? errors
                : output.resolveSibling(output.getFileName() + ".errors.jsonl");
        ResultTarget errorsTarget = errorsPath == null ? null : ResultTarget.check("--errors", errorsPath);
        if (errorsPath != null && outputTarget.isSameAs(errorsPath)) {
            throw CliException.usage("--output and --errors name the same file, " + output);
        }
        if (input != null && (outputTarget.isSameAs(input) || (errorsTarget != null && errorsTarget.isSameAs(input)))) {
            throw CliException.usage("the results would replace the input file " + input);
        }
        return new ResultFiles(outputTarget, errorsTarget);
    }

    /** Where to print what is not a result. */
    PrintStream messages() {
        boolean taken = output.isStandardOutput() || (errors != null && errors.isStandardOutput());
        return taken ? System.err : System.out;
    }

    /** Downloads what the batch has; each file appears as a whole. */
    void download(ApiClient client, Batch batch) {
        try {
            output.write(client, batch.outputFileId());
            if (errors != null && batch.errorFileId() != null) {
                errors.write(client, batch.errorFileId());
            } else if (errors != null) {
                errors.remove(); // of an earlier run
            }
        } catch (IOException e) {
            throw new CliException(
                    ExitCode.FAILED,
                    "the results cannot be written: " + Reason.of(e) + "; fetch them again with: longhaul download "
                            + batch.id() + " --output FILE");
        }
    }

    /** Where the results are, a line each. */
    String places(Batch batch) {
        StringBuilder text = new StringBuilder();
        if (!output.isStream()) {
            text.append("output: ").append(output.path().toAbsolutePath().normalize());
        }
        if (errors != null && !errors.isStream() && Files.exists(errors.path())) {
            text.append("\nerrors: ").append(errors.path().toAbsolutePath().normalize());
        }
        if (errors == null && batch.errorFileId() != null) {
            text.append("\nlines that failed: longhaul results ").append(batch.id()).append(" --errors");
        }
        return text.toString().strip();
    }
}
