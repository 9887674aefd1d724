package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.PartedUpload;
import dev.longhaul.cli.local.Home;
import dev.longhaul.cli.progress.Figures;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Uploads a file, a large one in parts, and shows progress on stderr. */
final class Uploading {
    /** Files above go in parts. */
    private static final long LARGE = 64 << 20;

    private static final int STEPS = 10;

    private Uploading() {}

    /** Returns the file's id. A copy of a stream is deleted afterwards. */
    static String upload(ApiClient client, InputFile input, String purpose) {
        Path file = input.path();
        long length = input.size();
        String id = length > LARGE
                ? new PartedUpload(
                                client.files(),
                                Home.ofThisProcess(System.getenv()).uploads(),
                                new Steps(input.name(), length)::show)
                        .upload(file, length, purpose)
                : client.files().upload(file, length, purpose);
        input.discard();
        System.err.println("longhaul: uploaded " + input.name() + " (" + Figures.count(length) + " bytes) as " + id);
        return id;
    }

    /** A line for each tenth, so that a log stays short. */
    private record Steps(String file, long length, AtomicLong shown) {
        Steps(String file, long length) {
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
