package dev.longhaul.dispatcher.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.model.SliceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Predicate<Demand> ALL = demand -> true;
    private static final long SECOND = 1_000_000_000;

    private final Backlog backlog = new Backlog();

    @Test
    void aBatchIsReadWhenItsTurnIsNearAndNotTwice() {
        BatchModel batch = batch("anna", "batch_a", "m", 0);
        backlog.replace(List.of(head(batch)), 0);
        assertThat(backlog.toLoad(ALL, null, 10)).containsExactly(batch);

        backlog.load(page(batch, 2), 0);

        assertThat(backlog.toLoad(ALL, null, 10)).isEmpty();
        assertThat(backlog.candidates(ALL)).hasSize(2);
    }

    @Test
    void tenantsAreReadInTurnAndOfEachTheBatchesThatGoFirst() {
        List<Backlog.Head> heads = new ArrayList<>();
        for (int i = 9; i >= 0; i--) {
            heads.add(head(batch("anna", "batch_a" + i, "m", i)));
        }
        heads.add(head(batch("bob", "batch_b", "m", 50)));
        backlog.replace(heads, 0);

        assertThat(backlog.toLoad(ALL, null, 4))
                .extracting(BatchModel::batchId)
                .containsExactly("batch_a0", "batch_a1", "batch_b");
        assertThat(backlog.toLoad(ALL, "anna", 1))
                .extracting(BatchModel::batchId)
                .containsExactly("batch_b");
    }

    @Test
    void whatNobodyWantsIsNeitherReadNorChosen() {
        BatchModel wanted = batch("anna", "batch_a", "hungry", 5);
        backlog.replace(List.of(head(batch("anna", "batch_f", "full", 0)), head(wanted)), 0);
        Predicate<Demand> hungry = demand -> "hungry".equals(demand.model());

        assertThat(backlog.toLoad(hungry, null, 10)).containsExactly(wanted);
        backlog.load(page(batch("anna", "batch_f", "full", 0), 1), 0);
        assertThat(backlog.candidates(hungry)).isEmpty();
    }

    @Test
    void aBatchIsForgottenWhenNothingOfItIsLeft() {
        BatchModel batch = batch("anna", "batch_a", "m", 0);
        backlog.load(page(batch, 2), 0);
        List<Candidate> both = backlog.candidates(ALL);

        backlog.released(both, slices(both));

        assertThat(backlog.hasReady()).isFalse();
        assertThat(backlog.toLoad(ALL, null, 10)).isEmpty();
    }

    @Test
    void aFullPageIsFollowedByTheNext() {
        BatchModel batch = batch("anna", "batch_a", "m", 0);
        backlog.load(new Backlog.Page(batch, candidates(batch, 2), true, OptionalLong.empty()), 0);
        List<Candidate> both = backlog.candidates(ALL);

        backlog.released(both, slices(both));

        assertThat(backlog.toLoad(ALL, null, 10)).containsExactly(batch);
    }

    @Test
    void aBatchOfWhichASliceCouldNotBeReleasedIsForgottenUntilItIsFoundAgain() {
        BatchModel batch = batch("anna", "batch_a", "m", 0);
        backlog.load(new Backlog.Page(batch, candidates(batch, 3), true, OptionalLong.empty()), 0);
        List<Candidate> all = backlog.candidates(ALL);

        backlog.released(all.subList(0, 2), slices(all.subList(0, 1)));

        assertThat(backlog.hasReady()).isFalse();
        backlog.replace(List.of(head(batch)), 0);
        assertThat(backlog.toLoad(ALL, null, 10)).containsExactly(batch);
    }

    @Test
    void whatHasToWaitSleepsUntilItsTime() {
        BatchModel batch = batch("anna", "batch_a", "m", 0);
        backlog.replace(List.of(new Backlog.Head(batch, 3_000)), 0);
        assertThat(backlog.hasReady()).isFalse();
        assertThat(backlog.nextDueNanos()).hasValue(3 * SECOND);

        backlog.replace(List.of(new Backlog.Head(batch, 1_000)), SECOND);
        assertThat(backlog.nextDueNanos()).hasValue(2 * SECOND);
        backlog.wake(2 * SECOND - 1);
        assertThat(backlog.hasReady()).isFalse();
        backlog.wake(2 * SECOND);
        assertThat(backlog.toLoad(ALL, null, 10)).containsExactly(batch);
    }

    @Test
    void whatIsNoLongerPendingIsForgotten() {
        BatchModel gone = batch("anna", "batch_a", "m", 0);
        BatchModel stays = batch("anna", "batch_b", "m", 0);
        backlog.load(page(gone, 1), 0);
        backlog.load(page(stays, 1), 0);

        backlog.replace(List.of(head(stays)), 0);

        assertThat(backlog.candidates(ALL)).extracting(Candidate::of).containsExactly(stays);
    }

    /** Against a table of pending slices: whatever is released, taken back or postponed, each slice goes once, and none is left. */
    @Test
    void everySliceGoesOnceWhateverHappens() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            Backlog tested = new Backlog();
            Map<SliceId, BatchModel> pending = new TreeMap<>(
                    java.util.Comparator.comparing(SliceId::batchId).thenComparing(SliceId::seq));
            for (int i = 0; i < 30; i++) {
                BatchModel of = batch("t" + random.nextInt(4), "batch_" + i % 12, "m" + i % 12 % 3, i % 12);
                pending.put(new SliceId(of.batchId(), i), of);
            }
            Set<SliceId> gone = new HashSet<>();
            for (int step = 0; !pending.isEmpty(); step++) {
                assertThat(step).as("seed %d", seed).isLessThan(500);
                if (random.nextInt(5) == 0 || !tested.hasReady()) {
                    tested.replace(
                            Set.copyOf(pending.values()).stream()
                                    .map(BacklogTest::head)
                                    .toList(),
                            step);
                }
                for (BatchModel of : tested.toLoad(ALL, null, 1 + random.nextInt(5))) {
                    List<Candidate> all = pending.entrySet().stream()
                            .filter(one -> one.getValue().equals(of))
                            .map(one -> new Candidate(one.getKey(), 1, 1, of))
                            .toList();
                    int most = 1 + random.nextInt(3);
                    tested.load(
                            new Backlog.Page(
                                    of, all.stream().limit(most).toList(), all.size() >= most, OptionalLong.empty()),
                            step);
                }
                List<Candidate> chosen =
                        tested.candidates(ALL).stream().limit(random.nextInt(4)).toList();
                Set<SliceId> released = new HashSet<>();
                for (Candidate candidate : chosen) {
                    if (random.nextInt(10) > 0) {
                        assertThat(gone.add(candidate.slice()))
                                .as("seed %d", seed)
                                .isTrue();
                        pending.remove(candidate.slice());
                        released.add(candidate.slice());
                    }
                }
                tested.released(chosen, released);
            }
        }
    }

    private static Set<SliceId> slices(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::slice).collect(java.util.stream.Collectors.toSet());
    }

    private static Backlog.Head head(BatchModel batch) {
        return new Backlog.Head(batch, 0);
    }

    private static Backlog.Page page(BatchModel batch, int slices) {
        return new Backlog.Page(batch, candidates(batch, slices), false, OptionalLong.empty());
    }

    private static List<Candidate> candidates(BatchModel batch, int slices) {
        return IntStream.range(0, slices)
                .mapToObj(seq -> new Candidate(new SliceId(batch.batchId(), seq), 1, 300, batch))
                .toList();
    }

    private static BatchModel batch(String tenant, String id, String model, int deadlineSeconds) {
        return new BatchModel(
                id, new Demand(model, "/v1/chat/completions"), tenant, START.plusSeconds(deadlineSeconds), START);
    }
}
