package dev.longhaul.dispatcher.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gathers lines into slices and hands these on in portions, so that a file's slices are never held together.
 *
 * <p>A slice is of one model where that costs nothing: a change of model ends a slice that is worth one of its own by then, an eighth
 * of the lines or a quarter of the bytes a slice may have. A smaller one goes on and mixes models, so that a file whose models
 * alternate line by line makes no row a line.
 *
 * <p>Lines between those added are left out: a slice goes on over them, up to its bounds, so that a choice of lines has no more slices
 * than all lines would.
 */
final class SliceCutter {
    private static final int PORTION = 256;

    private final PlanLimits limits;
    private final SliceSink sink;
    private final List<PlannedSlice> portion = new ArrayList<>(PORTION);

    private int slices;
    private long totalLines;
    private long totalBytes;
    private boolean mixed;
    private @Nullable String firstModel;

    private long start;
    private long end;
    private long firstLine;
    private long lastLine;
    private int lines;
    private BitSet leftOut = new BitSet();
    private @Nullable String model;
    private boolean mixes;

    SliceCutter(PlanLimits limits, SliceSink sink) {
        this.limits = limits;
        this.sink = sink;
    }

    /** Adds a line that comes after the last one. */
    void add(LineReader line, @Nullable String lineModel) throws IOException {
        if (lines > 0 && !fits(line, lineModel)) {
            cut();
        }
        if (lines == 0) {
            start = line.fileOffset();
            firstLine = line.number();
            lastLine = firstLine - 1;
            leftOut = new BitSet();
            model = lineModel;
            mixes = false;
        }
        leftOut.set(index(lastLine + 1), index(line.number()));
        lastLine = line.number();
        noteModel(lineModel);
        end = line.fileEnd();
        lines++;
    }

    private int index(long line) {
        return (int) (line - firstLine);
    }

    private boolean fits(LineReader line, @Nullable String lineModel) {
        return line.number() - firstLine < limits.maxSliceLines()
                && line.fileEnd() - start <= limits.maxSliceBytes()
                && (mixes || Objects.equals(lineModel, model) || !isWorthASlice());
    }

    private boolean isWorthASlice() {
        return lines >= limits.maxSliceLines() / 8 || end - start >= limits.maxSliceBytes() / 4;
    }

    private void noteModel(@Nullable String lineModel) {
        if (totalLines + lines == 0) {
            firstModel = lineModel;
        }
        mixed |= !Objects.equals(lineModel, firstModel);
        mixes |= !Objects.equals(lineModel, model);
    }

    private void cut() throws IOException {
        portion.add(new PlannedSlice(
                slices,
                start,
                Math.toIntExact(end - start),
                firstLine,
                index(lastLine) + 1,
                mixes ? null : model,
                leftOut.isEmpty() ? null : leftOut.toByteArray()));
        slices++;
        totalLines += lines;
        totalBytes += end - start;
        lines = 0;
        if (portion.size() == PORTION) {
            handOn();
        }
    }

    private void handOn() throws IOException {
        if (!portion.isEmpty()) {
            sink.accept(List.copyOf(portion));
            portion.clear();
        }
    }

    PlanOutcome.Valid finish() throws IOException {
        if (lines > 0) {
            cut();
        }
        handOn();
        return new PlanOutcome.Valid(totalLines, slices, totalBytes, mixed ? null : firstModel);
    }
}
