package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.PartedUpload;
import dev.longhaul.cli.local.Home;
import dev.longhaul.cli.progress.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Uploads a file, a large one in parts, and tells on stderr how far it is. */
final class Uploading {
    /** Files above go in parts. */
    private static final long LARGE = 64 << 20;

    private static final int STEPS = 10;

    private Uploading() {}

    /** Answers the file's id. */
    static String upload(ApiClient client, Path file, String purpose) {
        long length = length(file);
        String id = length > LARGE
                ? new PartedUpload(client.files(), Home.ofThisProcess(System.getenv()).uploads(), new Steps(file, length)::show).upload(file, length, purpose)
                : client.files().upload(file, length, purpose);
        System.err.println("longhaul: uploaded " + file + " (" + Figures.count(length) + " bytes) as " + id);
        return id;
    }

    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw CliException.usage("the file " + file + " can't be read: " + e.getMessage());
        }
    }

    /** A line for each tenth, so that a log stays short. */
    private record Steps(Path file, long length, AtomicLong shown) {
        Steps(Path file, long length) {
            this(file, length, new AtomicLong());
        }

        void show(long arrived) {
            long step = arrived * STEPS / length;
            if (step > shown.getAndSet(step) && step < STEPS) {
                System.err.println("longhaul: " + Figures.count(arrived) + " of " + Figures.count(length) + " bytes of "
                        + file + " are there");
            }
        }
    }
}
