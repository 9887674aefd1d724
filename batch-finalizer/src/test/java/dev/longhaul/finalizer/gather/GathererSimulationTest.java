package dev.longhaul.finalizer.gather;

import static dev.longhaul.finalizer.gather.SimulatedStores.PARTITION;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.SliceId;
import dev.longhaul.model.Usage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills the owner between any two effects, lets frozen ones wake, replays from the checkpoint, and counts the lines. */
class GathererSimulationTest {
    private static final int SEEDS = 300;
    private static final List<LineOutcome> OUTCOMES = List.of(LineOutcome.values());

    static LongStream seeds() {
        long first = Long.getLong("simulation.seed", System.nanoTime());
        return LongStream.range(first, first + (Long.getLong("simulation.seed") == null ? SEEDS : 1));
    }

    /** One owner's memory. */
    private static final class OwnerProcess {
        final Gatherer gatherer;
        final List<SealedSegment> writing = new ArrayList<>();
        long position;

        OwnerProcess(GatherLimits limits, SimulatedStores stores) {
            gatherer = new Gatherer(limits);
            long epoch = stores.takeOver();
            position = stores.offset;
            gatherer.open(PARTITION, epoch, position);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldPutEachLineInExactlyOneFileWhateverIsKilled(long seed) {
        Random random = new Random(seed);
        SimulatedStores stores = new SimulatedStores();
        List<ResultChunk> log = log(random, stores);
        int segment = 40 + random.nextInt(400);
        GatherLimits limits = new GatherLimits(
                segment,
                random.nextInt(Math.min(segment, 150)),
                random.nextInt(30),
                2L * segment + random.nextInt(4_000));
        OwnerProcess owner = new OwnerProcess(limits, stores);
        List<OwnerProcess> frozen = new ArrayList<>();
        long now = 0;
        int steps = 0;
        while (stores.offset < log.size()) {
            now += random.nextInt(10);
            // Late steps are calm, so that every run ends.
            int dice = random.nextInt(steps++ < 400 ? 100 : 90);
            if (dice < 40) {
                read(owner, stores, log, 1 + random.nextInt(5), now);
            } else if (dice < 55) {
                owner.writing.addAll(owner.gatherer.toStore(now));
            } else if (dice < 75) {
                write(owner, stores, random);
            } else if (dice < 90) {
                checkpoint(owner, stores, random, true);
            } else if (dice < 93) {
                owner = new OwnerProcess(limits, stores);
            } else if (dice < 95) {
                frozen.add(owner);
                owner = new OwnerProcess(limits, stores);
            } else if (dice < 97) {
                // It fell between the commit and its answer: the owner knows nothing of it and starts anew.
                checkpoint(owner, stores, random, false);
                owner = new OwnerProcess(limits, stores);
            } else if (dice < 98) {
                owner.gatherer.closeRecorded();
            } else if (!frozen.isEmpty()) {
                OwnerProcess awake = frozen.get(random.nextInt(frozen.size()));
                read(awake, stores, log, 3, now);
                awake.writing.addAll(awake.gatherer.toStore(now));
                write(awake, stores, random);
                assertThat(checkpoint(awake, stores, random, true)).isFalse();
                frozen.remove(awake);
            }
        }
        check(seed, stores);
    }

    private static void read(OwnerProcess process, SimulatedStores stores, List<ResultChunk> log, int most, long now) {
        int end = (int) Math.min(log.size(), process.position + most);
        List<ResultChunk> chunks = log.subList((int) process.position, end);
        Set<SliceId> unknown = new HashSet<>();
        for (ResultChunk chunk : chunks) {
            if (process.gatherer.isUnknown(PARTITION, chunk.slice())) {
                unknown.add(chunk.slice());
            }
        }
        stores.teach(process.gatherer, unknown);
        for (ResultChunk chunk : chunks) {
            process.gatherer.gather(PARTITION, process.position++, chunk, now);
        }
    }

    private static void write(OwnerProcess process, SimulatedStores stores, Random random) {
        if (!process.writing.isEmpty()) {
            SealedSegment segment = process.writing.remove(random.nextInt(process.writing.size()));
            stores.put(segment);
            process.gatherer.stored(segment);
        }
    }

    private static boolean checkpoint(OwnerProcess process, SimulatedStores stores, Random random, boolean answered) {
        List<PartitionMark> marks = process.gatherer.draftCheckpoint(random.nextBoolean());
        boolean written = false;
        for (PartitionMark mark : marks) {
            written |= stores.write(mark);
        }
        if (answered && written) {
            process.gatherer.recorded(Set.of(PARTITION));
        } else if (answered && !marks.isEmpty()) {
            process.gatherer.drop(PARTITION);
        }
        return written;
    }

    private static void check(long seed, SimulatedStores stores) {
        for (String batch : stores.batches()) {
            List<String> lines = new ArrayList<>(stores.lines(batch + "-out"));
            int completed = lines.size();
            lines.addAll(stores.lines(batch + "-err"));
            List<String> expected = new ArrayList<>();
            stores.lineCounts.forEach((slice, count) -> {
                if (slice.batchId().equals(batch)) {
                    IntStream.range(0, count).forEach(line -> expected.add(slice.seq() + "." + line));
                }
            });
            assertThat(lines.stream().map(line -> line.substring(0, line.indexOf(' '))))
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(expected);
            long[] counts = stores.counts.getOrDefault(batch, new long[3]);
            assertThat(counts[0]).as("completed, seed %d", seed).isEqualTo(completed);
            assertThat(counts[0] + counts[1] + counts[2])
                    .as("all, seed %d", seed)
                    .isEqualTo(expected.size());
        }
    }

    /** Every line at least once, many again with another outcome and other bytes, in any order. */
    private static List<ResultChunk> log(Random random, SimulatedStores stores) {
        List<ResultChunk> log = new ArrayList<>();
        int batches = 1 + random.nextInt(4);
        for (int b = 0; b < batches; b++) {
            int slices = 1 + random.nextInt(4);
            for (int s = 0; s < slices; s++) {
                SliceId id = new SliceId("batch_" + b, s);
                int lines = 1 + random.nextInt(20);
                stores.addSlice(id, lines);
                for (int run = 0; run <= random.nextInt(3); run++) {
                    List<Integer> order =
                            new ArrayList<>(IntStream.range(0, lines).boxed().toList());
                    Collections.shuffle(order, random);
                    for (int from = 0; from < lines; ) {
                        int to = Math.min(lines, from + 1 + random.nextInt(8));
                        log.add(chunk(random, id, run, order.subList(from, to)));
                        from = to;
                    }
                }
            }
        }
        Collections.shuffle(log, random);
        return log;
    }

    private static ResultChunk chunk(Random random, SliceId id, int run, List<Integer> lines) {
        StringBuilder output = new StringBuilder();
        StringBuilder errors = new StringBuilder();
        List<ResultChunk.Entry> entries = new ArrayList<>();
        for (int line : lines) {
            LineOutcome outcome = OUTCOMES.get(random.nextInt(3));
            String text = id.seq() + "." + line + " run" + run + "x".repeat(random.nextInt(20)) + "\n";
            (outcome == LineOutcome.COMPLETED ? output : errors).append(text);
            entries.add(new ResultChunk.Entry(line, outcome, text.length(), new Usage(1, 0, 1, 0, 2)));
        }
        return new ResultChunk(
                id,
                run + 1,
                entries,
                ByteBuffer.wrap(output.toString().getBytes(UTF_8)),
                ByteBuffer.wrap(errors.toString().getBytes(UTF_8)));
    }
}
