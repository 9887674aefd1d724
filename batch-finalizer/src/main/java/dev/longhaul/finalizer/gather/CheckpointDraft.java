package dev.longhaul.finalizer.gather;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Chooses what a checkpoint records, and takes note once it is written. Until then it changes nothing. */
final class CheckpointDraft {
    private final int inlineBytes;
    private final boolean onlyComplete;
    private final List<PartitionMark> marks = new ArrayList<>();
    private final Map<Integer, List<BatchPart>> parts = new HashMap<>();

    private record BatchPart(BatchState batch, List<ResultFile.Chosen> chosen, Map<SliceState, BitSet> lines) {}

    CheckpointDraft(int inlineBytes, boolean onlyComplete) {
        this.inlineBytes = inlineBytes;
        this.onlyComplete = onlyComplete;
    }

    List<PartitionMark> marks() {
        return List.copyOf(marks);
    }

    /** Adds what a partition has to record, if anything. */
    void add(PartitionState state) {
        List<BatchPart> chosen = new ArrayList<>();
        List<SegmentRow> segments = new ArrayList<>();
        List<SliceRow> slices = new ArrayList<>();
        List<BatchRow> batches = new ArrayList<>();
        long offset = state.position;
        for (BatchState batch : state.dirty) {
            BatchPart part = new BatchPart(batch, new ArrayList<>(), new HashMap<>());
            for (ResultFile file : batch.files()) {
                List<ResultFile.Chosen> recordable =
                        onlyComplete && !batch.isComplete() ? List.of() : file.recordable(inlineBytes);
                part.chosen.addAll(recordable);
                offset = Math.min(offset, file.heldOffset(recordable.size(), offset));
            }
            if (!part.chosen.isEmpty()) {
                chosen.add(part);
                collect(part, segments, slices, batches);
            }
        }
        if (!chosen.isEmpty() || offset > state.recordedOffset) {
            parts.put(state.partition, chosen);
            marks.add(new PartitionMark(state.partition, state.epoch, offset, segments, slices, batches));
        }
    }

    private static void collect(
            BatchPart part, List<SegmentRow> segments, List<SliceRow> slices, List<BatchRow> batches) {
        Tally tally = new Tally();
        for (ResultFile.Chosen chosen : part.chosen) {
            segments.add(chosen.row());
            Delta delta = chosen.segment().delta();
            if (delta != null) {
                tally.add(delta.tally());
                delta.lines()
                        .forEach((slice, lines) -> part.lines
                                .computeIfAbsent(slice, s -> new BitSet())
                                .or(lines));
            }
        }
        part.lines.forEach((slice, lines) -> {
            BitSet bitmap = slice.durableWith(lines);
            slices.add(new SliceRow(slice.id(), bitmap.toByteArray(), slice.isFull(bitmap)));
        });
        batches.add(new BatchRow(part.batch.id(), tally));
    }

    /** Takes note that a partition's part is written; answers the memory that came free. */
    long recorded(PartitionState state) {
        long free = 0;
        for (BatchPart part : parts.getOrDefault(state.partition, List.of())) {
            for (ResultFile.Chosen chosen : part.chosen) {
                free += chosen.file().recorded(chosen);
            }
            part.lines.forEach((slice, lines) -> {
                slice.recorded(lines);
                part.batch.forgetIfDurable(slice);
            });
            if (!part.batch.hasUnrecorded()) {
                state.dirty.remove(part.batch);
                state.complete.remove(part.batch);
            }
        }
        for (PartitionMark mark : marks) {
            if (mark.partition() == state.partition) {
                state.recordedOffset = mark.offset();
            }
        }
        return free;
    }
}
