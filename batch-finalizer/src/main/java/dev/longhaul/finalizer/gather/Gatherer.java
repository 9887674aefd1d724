package dev.longhaul.finalizer.gather;

import dev.longhaul.model.MalformedRecordException;
import dev.longhaul.model.ObjectKeys;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.ResultKind;
import dev.longhaul.model.SliceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that a finalizer holds in memory: for each partition it owns, the lines gathered since the last checkpoint. A line is taken
 * once, whatever is redelivered, since it has a bit and bits, counts and bytes are recorded together. Forgetting a partition at
 * any moment is safe: what no checkpoint has recorded is in the log from the recorded offset on.
 */
public final class Gatherer {
    private final GatherLimits limits;
    private final Map<Integer, PartitionState> partitions = new HashMap<>();
    private final List<SealedSegment> sealed = new ArrayList<>();
    /** Never the same within a process, and other processes write under other epochs: so no object key is used twice. */
    private int nextObject;

    private long heldBytes;
    private @Nullable CheckpointDraft draft;

    public Gatherer(GatherLimits limits) {
        this.limits = limits;
    }

    /** Begins with a partition at the recorded offset; whatever was held of it is forgotten. */
    public void open(int partition, long epoch, long offset) {
        drop(partition);
        partitions.put(partition, new PartitionState(partition, epoch, offset));
    }

    /** Forgets a partition, because it has another owner or because it is to be read again from its checkpoint. */
    public void drop(int partition) {
        PartitionState state = partitions.remove(partition);
        if (state != null) {
            state.batches.values().forEach(batch -> heldBytes -= batch.clear());
        }
    }

    /** The owned partitions with their epochs. */
    public Map<Integer, Long> epochs() {
        Map<Integer, Long> epochs = new HashMap<>();
        partitions.forEach((partition, state) -> epochs.put(partition, state.epoch));
        return epochs;
    }

    public boolean owns(int partition) {
        return partitions.containsKey(partition);
    }

    /** Whether facts about the slice must be learned before a chunk of it can be gathered. */
    public boolean isUnknown(int partition, SliceId slice) {
        BatchState batch = owned(partition).batches.get(slice.batchId());
        return batch == null || (!batch.ended() && batch.slice(slice.seq()) == null);
    }

    /** Takes in what PostgreSQL knows; must have been read under the partition's epoch. */
    public void learn(int partition, Collection<BatchFacts> batches, Collection<SliceFacts> slices) {
        Map<String, BatchState> known = owned(partition).batches;
        for (BatchFacts batch : batches) {
            if (batch.partition() == partition) {
                known.putIfAbsent(batch.id(), new BatchState(batch));
            }
        }
        for (SliceFacts slice : slices) {
            BatchState batch = known.get(slice.id().batchId());
            if (batch != null) {
                batch.learn(slice);
            }
        }
    }

    /**
     * Gathers the lines of a chunk that are not there yet.
     *
     * @param now a monotonic clock's milliseconds
     * @throws MalformedRecordException if it can't belong here; then nothing of it is gathered
     */
    public void gather(int partition, long offset, ResultChunk chunk, long now) {
        PartitionState state = owned(partition);
        BatchState batch = state.batches.get(chunk.slice().batchId());
        if (batch == null) {
            throw new MalformedRecordException("result chunk: partition " + partition + " has no batch "
                    + chunk.slice().batchId());
        }
        if (!batch.ended()) {
            SliceState slice = batch.slice(chunk.slice().seq());
            if (slice == null || !batch.hasPlan()) {
                throw new MalformedRecordException("result chunk: there is no slice " + chunk.slice());
            }
            slice.checkLines(chunk);
            append(state, batch, slice, chunk, offset, now);
        }
        state.position = offset + 1;
    }

    /** Moves past a record that is dealt with otherwise. */
    public void skip(int partition, long offset) {
        owned(partition).position = offset + 1;
    }

    private void append(
            PartitionState state, BatchState batch, SliceState slice, ResultChunk chunk, long offset, long now) {
        Intake.Opener opener = (kind, bytes) -> openSegment(state, batch, kind, bytes);
        Intake output = new Intake(ResultKind.OUTPUT, chunk.output(), opener);
        Intake errors = new Intake(ResultKind.ERRORS, chunk.errors(), opener);
        for (ResultChunk.Entry entry : chunk.entries()) {
            Intake intake = entry.outcome().kind() == ResultKind.OUTPUT ? output : errors;
            if (slice.see(entry.line())) {
                intake.take(entry, slice, offset, now);
                batch.sawLine();
            } else {
                intake.skip(entry);
            }
        }
        finish(state, batch, ResultKind.OUTPUT, output.finish());
        finish(state, batch, ResultKind.ERRORS, errors.finish());
    }

    /** The segment for so many more bytes; its memory is not counted as held until {@link #finish}. */
    private Segment openSegment(PartitionState state, BatchState batch, ResultKind kind, int more) {
        ResultFile file = batch.file(kind);
        Segment open = file.open();
        if (open != null && open.length() + (long) more > limits.segmentBytes()) {
            if (open.delta() == null) {
                heldBytes -= file.closeRecorded(open);
            } else {
                seal(state, batch, kind, open);
            }
            open = null;
        }
        if (open == null) {
            return file.begin(more, limits.segmentBytes());
        }
        heldBytes -= open.capacity();
        return open;
    }

    private void finish(PartitionState state, BatchState batch, ResultKind kind, @Nullable Segment segment) {
        if (segment == null) {
            return;
        }
        heldBytes += segment.capacity();
        state.dirty.add(batch);
        if (batch.isComplete()) {
            state.complete.add(batch);
        }
        if (segment.length() >= limits.segmentBytes()) {
            seal(state, batch, kind, segment);
        }
    }

    private void seal(PartitionState state, BatchState batch, ResultKind kind, Segment segment) {
        sealed.add(segment.seal(ObjectKeys.resultSegment(batch.id(), kind, state.epoch, nextObject++)));
    }

    /**
     * The segments whose objects are to be written now, each answered once: full ones, the last ones of a batch whose last line has
     * come, those that hold their partition back too long, and, when the memory budget is spent, all that no row can take.
     */
    public List<SealedSegment> toStore(long now) {
        boolean spent = isBudgetSpent();
        for (PartitionState state : partitions.values()) {
            for (BatchState batch : state.dirty) {
                for (ResultKind kind : ResultKind.values()) {
                    Segment open = batch.file(kind).open();
                    Delta delta = open == null ? null : open.delta();
                    if (open == null || delta == null || open.length() <= limits.inlineBytes()) {
                        continue;
                    }
                    if (spent || batch.isComplete() || now - delta.since() >= limits.holdBackMillis()) {
                        seal(state, batch, kind, open);
                    }
                }
            }
        }
        List<SealedSegment> result = List.copyOf(sealed);
        sealed.clear();
        return result;
    }

    /** Takes note that an object is written. */
    public void stored(SealedSegment segment) {
        segment.segment().stored();
    }

    /** The memory of all segments, in bytes. */
    public long heldBytes() {
        return heldBytes;
    }

    public boolean isBudgetSpent() {
        return heldBytes > limits.budgetBytes();
    }

    /** Whether a batch would be whole with a checkpoint taken now: somebody waits for it. */
    public boolean isUrgent() {
        for (PartitionState state : partitions.values()) {
            for (BatchState batch : state.complete) {
                if (batch.isRecordable(limits.inlineBytes())) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * What a checkpoint taken now records; ask for the next only after {@link #recorded} or after dropping these partitions.
     *
     * @param onlyComplete whether to leave out batches that still wait for lines, so that hurrying for one costs no write for others
     */
    public List<PartitionMark> draftCheckpoint(boolean onlyComplete) {
        CheckpointDraft next = new CheckpointDraft(limits.inlineBytes(), onlyComplete);
        partitions.values().forEach(next::add);
        draft = next;
        return next.marks();
    }

    /** Takes note that the last drafted checkpoint was written for these partitions; the others are to be dropped. */
    public void recorded(Set<Integer> written) {
        CheckpointDraft last = draft;
        if (last == null) {
            throw new IllegalStateException("no checkpoint was drafted");
        }
        draft = null;
        for (int partition : written) {
            PartitionState state = partitions.get(partition);
            if (state != null) {
                heldBytes -= last.recorded(state);
            }
        }
    }

    /** Forgets batches that have ended. */
    public void forget(Collection<String> ended) {
        for (PartitionState state : partitions.values()) {
            for (String id : ended) {
                BatchState batch = state.batches.remove(id);
                if (batch != null) {
                    state.dirty.remove(batch);
                    state.complete.remove(batch);
                    heldBytes -= batch.clear();
                }
            }
        }
    }

    /** Forgets batches that had ended before any chunk of this poll came. */
    public void forgetEnded() {
        partitions.values().forEach(state -> state.batches.values().removeIf(BatchState::ended));
    }

    /** Frees memory that only served to let small recorded segments grow: what comes next begins another segment. */
    public void closeRecorded() {
        for (PartitionState state : partitions.values()) {
            state.batches.values().removeIf(batch -> {
                if (state.dirty.contains(batch)) {
                    return false;
                }
                heldBytes -= batch.clear();
                return !batch.hasSlices();
            });
        }
    }

    private PartitionState owned(int partition) {
        PartitionState state = partitions.get(partition);
        if (state == null) {
            throw new IllegalStateException("partition " + partition + " is not owned");
        }
        return state;
    }
}
