package dev.longhaul.finalizer.gather;

import dev.longhaul.model.ResultKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A batch that chunks of this epoch have come for. */
final class BatchState {
    private final String id;
    private final long linesTotal;
    private final boolean ended;
    private final ResultFile output;
    private final ResultFile errors;
    private final Map<Integer, SliceState> slices = new HashMap<>();
    private long linesSeen;

    BatchState(BatchFacts facts) {
        id = facts.id();
        linesTotal = facts.linesTotal();
        linesSeen = facts.linesAccounted();
        ended = facts.ended();
        output = new ResultFile(facts.outputRef(), facts.nextOutputSeq());
        errors = new ResultFile(facts.errorRef(), facts.nextErrorSeq());
    }

    String id() {
        return id;
    }

    /** Whether it had ended before this chunk: whatever still comes for it is a duplicate. */
    boolean ended() {
        return ended;
    }

    boolean hasPlan() {
        return linesTotal > 0;
    }

    void learn(SliceFacts facts) {
        slices.putIfAbsent(facts.id().seq(), new SliceState(facts));
    }

    @Nullable
    SliceState slice(int seq) {
        return slices.get(seq);
    }

    /** A fully recorded slice needs no memory; should a duplicate come, it is looked up again. */
    void forgetIfDurable(SliceState slice) {
        if (slice.isDurable()) {
            slices.remove(slice.id().seq());
        }
    }

    void sawLine() {
        linesSeen++;
    }

    /** Whether its last line has come. */
    boolean isComplete() {
        return linesSeen == linesTotal;
    }

    ResultFile file(ResultKind kind) {
        return kind == ResultKind.OUTPUT ? output : errors;
    }

    List<ResultFile> files() {
        return List.of(output, errors);
    }

    boolean hasUnrecorded() {
        return output.hasUnrecorded() || errors.hasUnrecorded();
    }

    boolean isRecordable(int inlineBytes) {
        return output.isRecordable(inlineBytes) && errors.isRecordable(inlineBytes);
    }

    boolean hasSlices() {
        return !slices.isEmpty();
    }

    long clear() {
        return output.clear() + errors.clear();
    }
}
