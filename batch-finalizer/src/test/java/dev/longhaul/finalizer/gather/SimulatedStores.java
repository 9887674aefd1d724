package dev.longhaul.finalizer.gather;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longhaul.model.SliceId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** PostgreSQL and S3 as far as the gatherer's decisions reach them; only what was written to them survives a crash. */
final class SimulatedStores {
    static final int PARTITION = 0;

    final Map<String, byte[]> objects = new HashMap<>();
    final Map<String, TreeMap<Integer, SegmentRow>> files = new HashMap<>();
    final Map<SliceId, BitSet> bitmaps = new HashMap<>();
    final Map<SliceId, Integer> lineCounts = new HashMap<>();
    final Map<String, long[]> counts = new HashMap<>();
    long epoch;
    long offset;

    /** A new owner: what the former writes from now on is refused. */
    long takeOver() {
        return ++epoch;
    }

    void addSlice(SliceId id, int lines) {
        lineCounts.put(id, lines);
        bitmaps.put(id, new BitSet());
        counts.putIfAbsent(id.batchId(), new long[3]);
    }

    long linesTotal(String batchId) {
        return lineCounts.entrySet().stream()
                .filter(entry -> entry.getKey().batchId().equals(batchId))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    long accounted(String batchId) {
        return Arrays.stream(counts.getOrDefault(batchId, new long[3])).sum();
    }

    void teach(Gatherer gatherer, Collection<SliceId> slices) {
        List<BatchFacts> batches = new ArrayList<>();
        List<SliceFacts> facts = new ArrayList<>();
        for (SliceId id : slices) {
            batches.add(new BatchFacts(
                    id.batchId(),
                    PARTITION,
                    id.batchId() + "-out",
                    id.batchId() + "-err",
                    nextSeq(id.batchId() + "-out"),
                    nextSeq(id.batchId() + "-err"),
                    linesTotal(id.batchId()),
                    accounted(id.batchId()),
                    false));
            facts.add(new SliceFacts(id, lineCounts.getOrDefault(id, 0), (BitSet)
                    bitmaps.getOrDefault(id, new BitSet()).clone()));
        }
        gatherer.learn(PARTITION, batches, facts);
    }

    private int nextSeq(String fileId) {
        TreeMap<Integer, SegmentRow> rows = files.getOrDefault(fileId, new TreeMap<>());
        return rows.isEmpty() ? 0 : rows.lastKey() + 1;
    }

    /** One transaction: all of it, or nothing when the epoch is not the owner's. */
    boolean write(PartitionMark mark) {
        if (mark.epoch() != epoch) {
            return false;
        }
        if (mark.offset() < offset) {
            throw new AssertionError("the checkpoint went back from " + offset + " to " + mark.offset());
        }
        offset = mark.offset();
        for (SegmentRow row : mark.segments()) {
            if (row.objectKey() != null && !objects.containsKey(row.objectKey())) {
                throw new AssertionError("recorded before it was stored: " + row.objectKey());
            }
            SegmentRow before =
                    files.computeIfAbsent(row.fileId(), id -> new TreeMap<>()).put(row.seq(), row);
            if (before != null && !text(row).startsWith(text(before))) {
                throw new AssertionError("bytes that could be read have changed: " + row.fileId() + "/" + row.seq());
            }
        }
        for (SliceRow row : mark.slices()) {
            BitSet bitmap = BitSet.valueOf(row.bitmap());
            if (row.full() != (bitmap.cardinality() == lineCounts.getOrDefault(row.id(), 0))) {
                throw new AssertionError("full or not: " + row.id());
            }
            bitmaps.put(row.id(), bitmap);
        }
        for (BatchRow row : mark.batches()) {
            long[] sums = counts.computeIfAbsent(row.id(), id -> new long[3]);
            sums[0] += row.added().completed();
            sums[1] += row.added().failed();
            sums[2] += row.added().unserved();
        }
        return true;
    }

    /** The lines of a file, in order. */
    List<String> lines(String fileId) {
        StringBuilder text = new StringBuilder();
        files.getOrDefault(fileId, new TreeMap<>()).values().forEach(row -> text.append(text(row)));
        return text.isEmpty()
                ? List.of()
                : List.of(text.toString().split("\n", -1)).subList(0, count(text));
    }

    private static int count(CharSequence text) {
        return (int) text.chars().filter(c -> c == '\n').count();
    }

    private String text(SegmentRow row) {
        byte[] inline = row.inline();
        byte[] bytes = inline != null ? inline : objects.getOrDefault(row.objectKey(), new byte[0]);
        if (bytes.length != row.bytes()) {
            throw new AssertionError("length of " + row);
        }
        return new String(bytes, UTF_8);
    }

    /** Keys that two writers have used for different bytes would show here as a change of recorded bytes. */
    void put(SealedSegment segment) {
        byte[] bytes = Arrays.copyOf(segment.bytes(), segment.length());
        byte[] before = objects.put(segment.key(), bytes);
        if (before != null && !Arrays.equals(before, bytes)) {
            throw new AssertionError("a key was used twice: " + segment.key());
        }
    }

    Set<String> batches() {
        Set<String> ids = new HashSet<>();
        lineCounts.keySet().forEach(id -> ids.add(id.batchId()));
        return ids;
    }
}
