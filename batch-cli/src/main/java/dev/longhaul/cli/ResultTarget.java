package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where one file of the API goes: a file that appears as a whole, or standard output, a pipe or a device that takes the bytes as they come. */
record ResultTarget(Path path) {
    private static final Set<String> STANDARD_OUTPUT = Set.of("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1");

    /**
     * Looks whether it can be written.
     *
     * @param option that names it, for the message
     * @throws CliException with the usage code when it can't
     */
    static ResultTarget check(String option, Path path) {
        ResultTarget target = new ResultTarget(path);
        if (target.isStream()) {
            return target;
        }
        if (Files.isDirectory(path)) {
            throw CliException.usage(option + " " + path + " is a folder");
        }
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw CliException.usage(option + " " + path + ": the folder " + folder + " does not exist");
        }
        if (!Files.isWritable(folder)) {
            throw CliException.usage(option + " " + path + ": the folder " + folder + " is not writable");
        }
        return target;
    }

    /** Messages then belong on standard error. */
    boolean isStandardOutput() {
        return STANDARD_OUTPUT.contains(path.toString());
    }

    boolean isStream() {
        return isStandardOutput() || (Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path));
    }

    /**
     * Downloads a file there.
     *
     * @param fileId null for an empty file
     */
    void write(ApiClient client, @Nullable String fileId) throws IOException {
        if (isStream()) {
            if (fileId != null) {
                try (OutputStream out = open()) {
                    client.files().download(fileId, out);
                }
            }
            return;
        }
        try (AtomicFile file = AtomicFile.create(path)) {
            if (fileId != null) {
                client.files().download(fileId, file.channel());
            }
            file.commit();
        }
    }

    /** Removes what an earlier run left there. */
    void remove() throws IOException {
        if (!isStream()) {
            Files.deleteIfExists(path);
        }
    }

    boolean isSameAs(Path other) {
        if (isStandardOutput()) {
            return STANDARD_OUTPUT.contains(other.toString());
        }
        try {
            return path.toAbsolutePath()
                            .normalize()
                            .equals(other.toAbsolutePath().normalize())
                    || (Files.exists(path) && Files.exists(other) && Files.isSameFile(path, other));
        } catch (IOException e) {
            return false;
        }
    }

    /** Not System.out, which would take the bytes for text. */
    private OutputStream open() throws IOException {
        return isStandardOutput() ? new FileOutputStream(FileDescriptor.out) : new FileOutputStream(path.toFile());
    }
}
