package dev.longhaul.dispatcher.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.model.SliceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PolicyTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Policy.Serving ONE = demand -> List.of("gpu");
    private static final Demand M = demand("m");

    @Test
    void tenantsTakeTurns() {
        List<Candidate> candidates = new ArrayList<>();
        for (int seq = 0; seq < 3; seq++) {
            candidates.add(slice("anna", "batch_a", seq));
            candidates.add(slice("bob", "batch_b", seq));
        }

        assertThat(choose(candidates, Map.of("gpu", 1_000), ONE, null))
                .extracting(SliceId::batchId)
                .containsExactly("batch_a", "batch_b", "batch_a", "batch_b", "batch_a", "batch_b");
    }

    @Test
    void theTenantAfterTheLastOneBegins() {
        List<Candidate> candidates =
                List.of(slice("anna", "batch_a", 0), slice("bob", "batch_b", 0), slice("cleo", "batch_c", 0));

        assertThat(choose(candidates, Map.of("gpu", 1_000), ONE, "anna"))
                .extracting(SliceId::batchId)
                .containsExactly("batch_b", "batch_c", "batch_a");
        assertThat(choose(candidates, Map.of("gpu", 1_000), ONE, "cleo"))
                .extracting(SliceId::batchId)
                .containsExactly("batch_a", "batch_b", "batch_c");
    }

    @Test
    void withinATenantTheEarliestDeadlineGoesFirstThenTheOlderBatchThenTheOrderOfTheFile() {
        List<Candidate> candidates = List.of(
                candidate("batch_late", 0, M, START.plusSeconds(90), START),
                candidate("batch_young", 0, M, START.plusSeconds(60), START.plusSeconds(1)),
                candidate("batch_old", 1, M, START.plusSeconds(60), START),
                candidate("batch_old", 0, M, START.plusSeconds(60), START));

        assertThat(choose(candidates, Map.of("gpu", 1_000), ONE, null))
                .containsExactly(
                        new SliceId("batch_old", 0),
                        new SliceId("batch_old", 1),
                        new SliceId("batch_young", 0),
                        new SliceId("batch_late", 0));
    }

    @Test
    void aModelWithoutAppetiteHoldsBackNoOther() {
        Policy.Serving byName = demand -> List.of("gpu-" + demand.model());
        List<Candidate> candidates = List.of(
                candidate("batch_full", 0, demand("full"), START, START),
                candidate("batch_none", 0, demand("unserved"), START, START),
                candidate("batch_free", 0, demand("free"), START.plusSeconds(9), START));

        assertThat(choose(candidates, Map.of("gpu-full", 0, "gpu-free", 5), byName, null))
                .containsExactly(new SliceId("batch_free", 0));
    }

    @Test
    void theLastSliceMayOvershootTheAppetiteAndNoFurtherOneGoes() {
        List<Candidate> candidates =
                List.of(slice("t", "batch_a", 0), slice("t", "batch_a", 1), slice("t", "batch_a", 2));

        assertThat(choose(candidates, Map.of("gpu", 101), ONE, null)).hasSize(2);
        assertThat(choose(candidates, Map.of("gpu", 100), ONE, null)).hasSize(1);
        assertThat(choose(candidates, Map.of("gpu", -3), ONE, null)).isEmpty();
    }

    @Test
    void noMoreSlicesGoThanAreAskedForHoweverSmallTheyAre() {
        List<Candidate> candidates =
                List.of(slice("t", "batch_a", 0), slice("t", "batch_a", 1), slice("t", "batch_a", 2));

        assertThat(Policy.choose(candidates, Map.of("gpu", 1_000), ONE, null, 2))
                .hasSize(2);
    }

    @Test
    void aModelOfTwoBackendsGoesToTheHungrier() {
        Policy.Serving two = demand -> List.of("small", "large");
        List<Candidate> candidates = new ArrayList<>();
        for (int seq = 0; seq < 10; seq++) {
            candidates.add(slice("t", "batch_a", seq));
        }

        assertThat(choose(candidates, Map.of("small", 100, "large", 300), two, null))
                .hasSize(4);
    }

    @Test
    void whatIsOnItsWayIsTakenFromTheBackendsThatWantTheMost() {
        Policy.Serving two = demand -> "x".equals(demand.model()) ? List.of("x") : List.of("x", "y");

        assertThat(Policy.less(Map.of("x", 100, "y", 300), Map.of(demand("both"), 350), two))
                .isEqualTo(Map.of("x", 50, "y", 0));
        assertThat(Policy.less(Map.of("x", 100, "y", 300), Map.of(demand(null), 1_000), two))
                .isEqualTo(Map.of("x", 0, "y", 0));
        assertThat(Policy.less(Map.of("x", 100, "y", 300), Map.of(demand("x"), 150), two))
                .isEqualTo(Map.of("x", 0, "y", 300));
        assertThat(Policy.less(Map.of("x", 100), Map.of(demand("gone"), 10), demand -> List.of()))
                .isEqualTo(Map.of("x", 100));
    }

    /** One tenant has a batch without end; others come with small ones. Nobody waits longer than a turn of all tenants. */
    @Test
    void nobodyStarvesBesideAHugeBatch() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<String, Integer> nextSeq = new HashMap<>();
        Map<SliceId, Integer> waitingSince = new HashMap<>();
        List<Candidate> open = new ArrayList<>();
        String lastTenant = null;
        for (int round = 0; round < 2_000; round++) {
            while (open.stream().filter(c -> c.of().tenantId().equals("giant")).count() < 64) {
                arrive(open, waitingSince, "giant", "batch_giant", nextSeq, round);
            }
            if (random.nextInt(4) == 0) {
                String tenant = "small" + random.nextInt(5);
                arrive(open, waitingSince, tenant, "batch_" + tenant, nextSeq, round);
            }
            List<SliceId> chosen = choose(open, Map.of("gpu", 1 + random.nextInt(300)), ONE, lastTenant);
            assertThat(chosen).as("seed %d", seed).isNotEmpty().doesNotHaveDuplicates();
            lastTenant = tenantOf(open, chosen.getLast());
            open.removeIf(candidate -> chosen.contains(candidate.slice()));
            chosen.forEach(waitingSince::remove);
            int now = round;
            assertThat(open)
                    .as("seed %d, round %d", seed, round)
                    .filteredOn(candidate -> !candidate.of().tenantId().equals("giant"))
                    .allSatisfy(candidate -> assertThat(now - waitingSince.getOrDefault(candidate.slice(), now))
                            .isLessThan(60));
        }
    }

    private static List<SliceId> choose(
            List<Candidate> candidates,
            Map<String, Integer> appetite,
            Policy.Serving serving,
            @Nullable String lastTenant) {
        return Policy.choose(candidates, appetite, serving, lastTenant, Integer.MAX_VALUE).stream()
                .map(Candidate::slice)
                .toList();
    }

    private static void arrive(
            List<Candidate> open,
            Map<SliceId, Integer> waitingSince,
            String tenant,
            String batch,
            Map<String, Integer> nextSeq,
            int round) {
        SliceId id = new SliceId(batch, nextSeq.merge(batch, 1, Integer::sum) - 1);
        open.add(new Candidate(id, 100, 1_000, new BatchModel(batch, M, tenant, START, START)));
        waitingSince.put(id, round);
    }

    private static @Nullable String tenantOf(List<Candidate> open, SliceId slice) {
        return open.stream()
                .filter(candidate -> candidate.slice().equals(slice))
                .map(candidate -> candidate.of().tenantId())
                .findFirst()
                .orElse(null);
    }

    private static Demand demand(@Nullable String model) {
        return new Demand(model, "/v1/chat/completions");
    }

    private static Candidate slice(String tenant, String batch, int seq) {
        return new Candidate(
                new SliceId(batch, seq), 100, 1_000, new BatchModel(batch, M, tenant, START.plusSeconds(60), START));
    }

    private static Candidate candidate(String batch, int seq, Demand demand, Instant deadline, Instant createdAt) {
        return new Candidate(
                new SliceId(batch, seq), 10, 1_000, new BatchModel(batch, demand, "t", deadline, createdAt));
    }
}
