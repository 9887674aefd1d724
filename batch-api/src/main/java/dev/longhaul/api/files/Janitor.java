package dev.longhaul.api.files;

import dev.longhaul.api.setup.Loop;
import dev.longhaul.api.setup.Setup;
import dev.longhaul.model.Ids;
import dev.longhaul.model.ObjectKeys;
import dev.longhaul.store.Database;
import dev.longhaul.store.FileErasure;
import dev.longhaul.store.FileStore;
import dev.longhaul.store.LeaderLease;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.StoreException;
import dev.longhaul.store.UploadParts;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Erases the bytes of files that are deleted, past their time, or uploads whose process died; and says which uploads of this
 * process live. One process erases at a time, only to save work: every step may be repeated or done twice.
 */
@ApplicationScoped
class Janitor {
    private static final Logger LOG = Logger.getLogger(Janitor.class);
    private static final Duration TOUCH_EVERY = Duration.ofSeconds(20);

    private final Setup setup;
    private final FilesConfig config;
    private final FileStore files;
    private final FileErasure erasure;
    private final UploadParts parts;
    private final UploadLeftovers leftovers;
    private final ObjectStore objects;
    private final LiveUploads live;
    private final LeaderLease lease;
    /** When what time ended was last looked for; 0 for not yet. */
    private long tidiedNanos;

    private @Nullable Loop touching;
    private volatile @Nullable Loop erasing;

    Janitor(
            Setup setup,
            FilesConfig config,
            Database database,
            FileStore files,
            FileErasure erasure,
            UploadParts parts,
            UploadLeftovers leftovers,
            ObjectStore objects,
            LiveUploads live) {
        this.setup = setup;
        this.config = config;
        this.files = files;
        this.erasure = erasure;
        this.parts = parts;
        this.leftovers = leftovers;
        this.objects = objects;
        this.live = live;
        this.lease = new LeaderLease(
                database, "janitor", Ids.newId("api-", InstantSource.system().millis()));
        if (config.uploadSilence().compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException("longhaul.files.upload-silence: must not be below a minute");
        }
    }

    void start(@Observes StartupEvent event) {
        touching = Loop.start("uploads-touch", this::touch);
        erasing = Loop.start("files-janitor", this::round);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        for (Loop loop : new Loop[] {touching, erasing}) {
            if (loop != null) {
                loop.close();
            }
        }
    }

    /** There may be something to erase. Never blocks. */
    void wake() {
        Loop loop = erasing;
        if (loop != null) {
            loop.wake();
        }
    }

    private Duration touch() {
        Set<String> ids = live.ids();
        if (!ids.isEmpty()) {
            files.touch(ids);
            parts.touch(ids);
        }
        return TOUCH_EVERY;
    }

    private Duration round() {
        if (setup.isDone(Setup.Part.POSTGRESQL)
                && setup.isDone(Setup.Part.S3)
                && lease.acquire().isPresent()) {
            if (isTime()) {
                findWhatTimeEnded();
                tidiedNanos = System.nanoTime();
            }
            leftovers.sweep(config.uploadSilence());
            List<String> ids = erasure.toErase();
            while (!ids.isEmpty()) {
                ids.forEach(this::erase);
                ids = erasure.toErase();
            }
        }
        return config.janitorInterval();
    }

    /** What is due by time alone is not looked for each time that a file is deleted. */
    private boolean isTime() {
        return tidiedNanos == 0
                || System.nanoTime() - tidiedNanos >= config.janitorInterval().toNanos();
    }

    private void findWhatTimeEnded() {
        int givenUp = erasure.giveUpUploads(config.uploadSilence());
        if (givenUp > 0) {
            LOG.warnf("uploads=%d given up, their process is gone", givenUp);
        }
        erasure.expireFiles();
        erasure.forgetIdempotencyKeys();
        erasure.foldUsage();
    }

    /** Objects first: rows that outlive a crash in between lead here again. */
    private void erase(String fileId) throws StoreException {
        erasure.objectKeys(fileId).forEach(objects::delete);
        objects.list(ObjectKeys.filePrefix(fileId)).forEach(objects::delete);
        erasure.erased(fileId);
    }
}
