package dev.longhaul.api.files;

import dev.longhaul.model.ObjectKeys;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.UploadParts;
import dev.longhaul.store.UploadSweep;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Erases what uploads in parts leave behind: parts that went into no file. Every step may be repeated or done twice. */
@ApplicationScoped
class UploadLeftovers {
    private final UploadSweep sweep;
    private final UploadParts parts;
    private final ObjectStore objects;

    UploadLeftovers(UploadSweep sweep, UploadParts parts, ObjectStore objects) {
        this.sweep = sweep;
        this.parts = parts;
        this.objects = objects;
    }

    /**
     * Blocks.
     *
     * @param silence after which a part's process is taken for dead
     */
    void sweep(Duration silence) {
        sweep.expire();
        for (UploadSweep.Part part : sweep.deadParts(silence)) {
            // The row first: a process that lives after all finds it gone, and its part comes to nothing.
            if (parts.giveUp(part.partId(), part.fileId())) {
                objects.list(ObjectKeys.partPrefix(part.fileId(), part.partId()))
                        .forEach(objects::delete);
            }
        }
        List<UploadSweep.Ended> ended = sweep.toSweep(silence);
        while (!ended.isEmpty()) {
            ended.forEach(this::sweep);
            ended = sweep.toSweep(silence);
        }
        sweep.forget();
    }

    /** Objects first: rows that outlive a crash in between lead here again. */
    private void sweep(UploadSweep.Ended upload) {
        List<String> keys = objects.list(ObjectKeys.filePrefix(upload.fileId()));
        if (!keys.isEmpty()) {
            Set<String> inFile = sweep.keysInFile(upload);
            keys.stream().filter(key -> !inFile.contains(key)).forEach(objects::delete);
        }
        sweep.swept(upload);
    }
}
