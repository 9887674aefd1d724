package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.store.FileSegments;
import dev.longhaul.store.FileSegments.Segment;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads slices' bytes: one ranged read of the input file each, and where its segments are is remembered for the recent files. */
@ApplicationScoped
class SliceReader {
    private static final int RECENT_FILES = 64;

    private final FileSegments files;
    private final Map<String, List<Segment>> recent = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.@Nullable Entry<String, List<Segment>> eldest) {
            return size() > RECENT_FILES;
        }
    };

    SliceReader(FileSegments files) {
        this.files = files;
    }

    /** The slice's bytes; blocks. Throws {@link dev.longhaul.store.StoreUnavailableException} when a store is away. */
    byte[] read(SliceClaim claim) {
        return files.read(segments(claim.inputFileId()), claim.offset(), claim.length());
    }

    private List<Segment> segments(String fileId) {
        synchronized (recent) {
            List<Segment> known = recent.get(fileId);
            if (known != null) {
                return known;
            }
        }
        // An input file never changes once it is there, so two readers at once find the same.
        List<Segment> segments = files.of(fileId);
        if (!segments.isEmpty()) {
            synchronized (recent) {
                recent.put(fileId, segments);
            }
        }
        return segments;
    }
}
