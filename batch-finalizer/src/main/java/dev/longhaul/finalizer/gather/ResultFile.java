package dev.longhaul.finalizer.gather;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of a batch's two files: its segments that are not both full and recorded, in order; only the last may be open, and only
 * the open one may have nothing to record. Segments are
 * recorded in order, so that what can be read of a running batch only grows at its end (and in its last, small segment).
 */
final class ResultFile {
    private static final int MIN_CAPACITY = 512;

    private final String id;
    private final Deque<Segment> segments = new ArrayDeque<>();
    private int nextSeq;

    ResultFile(String id, int nextSeq) {
        this.id = id;
        this.nextSeq = nextSeq;
    }

    /** The open segment, if it has bytes already. */
    @Nullable
    Segment open() {
        Segment last = segments.peekLast();
        return last != null && last.isOpen() ? last : null;
    }

    /** Opens a segment; there must be no open one. */
    Segment begin(int firstBytes, int fullBytes) {
        Segment segment = new Segment(Math.max(MIN_CAPACITY, firstBytes), fullBytes);
        segments.addLast(segment);
        return segment;
    }

    /** Ends the open segment, all of which is recorded, as the row it is; answers the memory that came free. */
    long closeRecorded(Segment open) {
        segments.remove(open);
        return open.capacity();
    }

    boolean hasUnrecorded() {
        return segments.stream().anyMatch(segment -> segment.delta() != null);
    }

    /** Whether a checkpoint taken now would leave nothing of this file behind. */
    boolean isRecordable(int inlineBytes) {
        return segments.stream().allMatch(segment -> segment.delta() == null || isRecordable(segment, inlineBytes));
    }

    private static boolean isRecordable(Segment segment, int inlineBytes) {
        return segment.isStored() || (segment.isOpen() && segment.length() <= inlineBytes);
    }

    /** A segment and its place, chosen for a checkpoint. */
    record Chosen(ResultFile file, Segment segment, int place) {
        SegmentRow row() {
            return segment.row(file.id, place);
        }
    }

    /** The segments that a checkpoint may record now: as many from the front as are stored or small enough. */
    List<Chosen> recordable(int inlineBytes) {
        List<Chosen> chosen = new ArrayList<>();
        int free = nextSeq;
        for (Segment segment : segments) {
            if (segment.delta() == null || !isRecordable(segment, inlineBytes)) {
                break;
            }
            int place = segment.seqOr(free);
            free = Math.max(free, place + 1);
            chosen.add(new Chosen(this, segment, place));
        }
        return chosen;
    }

    /** The first offset held back by segments after the first {@code recorded} ones; {@code limit} if there is none. */
    long heldOffset(int recorded, long limit) {
        return segments.stream()
                .skip(recorded)
                .map(Segment::delta)
                .mapToLong(delta -> delta == null ? limit : delta.firstOffset())
                .reduce(limit, Math::min);
    }

    /** Takes note that a checkpoint has recorded a chosen segment; answers the memory that came free. */
    long recorded(Chosen chosen) {
        Segment segment = chosen.segment();
        segment.recorded(chosen.place());
        nextSeq = Math.max(nextSeq, chosen.place() + 1);
        if (!segment.isOpen()) {
            segments.remove(segment);
            return segment.capacity();
        }
        return 0;
    }

    /** Forgets all segments; answers the memory that came free. */
    long clear() {
        long free = capacity();
        segments.forEach(Segment::abandon);
        segments.clear();
        return free;
    }

    long capacity() {
        return segments.stream().mapToLong(Segment::capacity).sum();
    }
}
