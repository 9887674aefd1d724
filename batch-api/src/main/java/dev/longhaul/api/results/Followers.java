package dev.longhaul.api.results;

import dev.longhaul.api.files.FileContent;
import dev.longhaul.store.BatchResults.Growth;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.StoreUnavailableException;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Clients that stay until a batch has ended. Each is a virtual thread that asks PostgreSQL one small question twice a second. */
@ApplicationScoped
class Followers {
    private static final Logger LOG = Logger.getLogger(Followers.class);
    private static final long EVERY_MILLIS = 500;

    private final FileSegments segments;
    private final CountDownLatch leaving = new CountDownLatch(1);

    Followers(FileSegments segments) {
        this.segments = segments;
    }

    /** Lets them go, to follow elsewhere from where they are. */
    void leave(@Observes @Priority(1) ShutdownEvent event) {
        leaving.countDown();
    }

    /**
     * Copies what there is from an offset on, and what comes, until nothing will; blocks. While PostgreSQL or S3 is away it waits.
     *
     * @throws IOException if the client or the file is gone, or this process is leaving: what was sent then is not all
     */
    void follow(Supplier<Optional<Growth>> ask, long offset, BooleanSupplier clientIsGone, OutputStream out)
            throws IOException {
        long position = offset;
        boolean ended = false;
        while (!ended) {
            try {
                Growth now =
                        ask.get().orElseThrow(() -> new IOException("the batch was deleted while it was followed"));
                if (now.gone()) {
                    throw new IOException("the file was deleted while it was followed");
                }
                if (now.bytes() > position) {
                    new FileContent(segments, segments.from(now.fileId(), position), position, now.bytes() - position)
                            .copyTo(out);
                    out.flush();
                    position = now.bytes();
                }
                ended = now.ended();
            } catch (StoreUnavailableException e) {
                LOG.debugf("following waits: %s", e.getMessage());
            }
            if (!ended) {
                pause(clientIsGone);
            }
        }
    }

    private void pause(BooleanSupplier clientIsGone) throws IOException {
        try {
            if (leaving.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("this process is leaving");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        if (clientIsGone.getAsBoolean()) {
            throw new IOException("the client is gone");
        }
    }
}
