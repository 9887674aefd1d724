package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a batch's results go.
 *
 * @param output the lines that succeeded; written always, empty when none did
 * @param errors the lines that did not; exists afterwards only if there are any
 */
record ResultFiles(Path output, Path errors) {

    /**
     * Looks whether both can be written, so that nobody waits for hours to learn that they can't.
     *
     * @param errors null for {@code OUTPUT.errors.jsonl}
     * @param input neither may be this file; null when there is none
     * @throws CliException with the usage code
     */
    static ResultFiles check(Path output, @Nullable Path errors, @Nullable Path input) {
        Path errorsOrDefault = errors != null ? errors : output.resolveSibling(output.getFileName() + ".errors.jsonl");
        checkWritable("--output", output);
        checkWritable("--errors", errorsOrDefault);
        if (isSame(output, errorsOrDefault)) {
            throw CliException.usage("--output and --errors name the same file, " + output);
        }
        if (input != null && (isSame(output, input) || isSame(errorsOrDefault, input))) {
            throw CliException.usage("the results would replace the input file " + input);
        }
        return new ResultFiles(output, errorsOrDefault);
    }

    /** Downloads what the batch has; each file appears as a whole. */
    void download(ApiClient client, Batch batch) {
        try {
            write(client, batch.outputFileId(), output);
            if (batch.errorFileId() != null) {
                write(client, batch.errorFileId(), errors);
            } else {
                Files.deleteIfExists(errors); // of an earlier run
            }
        } catch (IOException e) {
            throw new CliException(
                    ExitCode.FAILED,
                    "can't write the results: " + e + "; they can be fetched again with: " + "longhaul download "
                            + batch.id() + " --output FILE");
        }
    }

    private static void write(ApiClient client, @Nullable String fileId, Path target) throws IOException {
        try (AtomicFile file = AtomicFile.create(target)) {
            if (fileId != null) {
                client.download(fileId, file.channel());
            }
            file.commit();
        }
    }

    static void checkWritable(String option, Path file) {
        if (Files.isDirectory(file)) {
            throw CliException.usage(option + " " + file + " is a folder");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw CliException.usage(option + " " + file + " is not a regular file");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw CliException.usage(option + " " + file + ": the folder " + folder + " does not exist");
        }
        if (!Files.isWritable(folder)) {
            throw CliException.usage(option + " " + file + ": the folder " + folder + " is not writable");
        }
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return one.toAbsolutePath()
                            .normalize()
                            .equals(other.toAbsolutePath().normalize())
                    || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
        } catch (IOException e) {
            return false;
        }
    }
}
