package dev.longhaul.dispatcher.schedule;

import static dev.longhaul.dispatcher.DispatcherTester.NOBODY;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.dispatcher.DispatcherTester;
import dev.longhaul.model.SliceId;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

@QuarkusTest
class BacklogStoreTest {
    private static final String CHAT = "/v1/chat/completions";
    private final DispatcherTester tester = DispatcherTester.get();

    @Inject
    BacklogStore store;

    @Test
    void aBatchIsFoundOnceForEachModelThatHasPendingSlices() {
        SliceId first = slice("state", "'pending'");
        further(first, 1, "'nobody-else'", "null");
        further(first, 2, "null", "null");
        further(first, 3, "'nobody-else'", "null");
        SliceId done = slice("state", "'done'");
        SliceId paused = slice("state", "'pending'");
        tester.sql("update batch set paused_at = now() where id = ?", paused.batchId());

        assertThat(headsOf(first))
                .extracting(head -> head.of().demand())
                .containsExactlyInAnyOrder(
                        new Demand(NOBODY, CHAT), new Demand("nobody-else", CHAT), new Demand(null, CHAT));
        assertThat(headsOf(first))
                .allSatisfy(head -> assertThat(head.dueMillis()).isZero());
        assertThat(headsOf(done)).isEmpty();
        assertThat(headsOf(paused)).isEmpty();
    }

    @Test
    void aBatchWhoseSlicesWaitForTheirTimeIsDueThen() {
        SliceId later = slice("state, not_before", "'pending', now() + interval '1 h'");
        further(later, 1, "'" + NOBODY + "'", "now() + interval '1 min'");
        SliceId due = slice("state, not_before", "'pending', now() - interval '1 s'");

        assertThat(headsOf(later))
                .singleElement()
                .satisfies(head -> assertThat(head.dueMillis()).isBetween(1L, 60_000L));
        assertThat(headsOf(due))
                .singleElement()
                .satisfies(head -> assertThat(head.dueMillis()).isZero());
    }

    @Test
    void thoseThatWaitedForTheirTimeComeFirstThenTheOrderOfTheFile() {
        SliceId first = slice("state", "'pending'");
        further(first, 1, "'" + NOBODY + "'", "null");
        further(first, 2, "'" + NOBODY + "'", "now() - interval '1 s'");
        further(first, 3, "'" + NOBODY + "'", "now() + interval '1 min'");
        BatchModel batch = headsOf(first).getFirst().of();

        Backlog.Page all = store.next(List.of(batch), 10).getFirst();
        assertThat(all.due()).extracting(one -> one.slice().seq()).containsExactly(2, 0, 1);
        assertThat(all.full()).isFalse();
        assertThat(all.nextDueMillis().orElseThrow()).isBetween(1L, 60_000L);
        assertThat(store.next(List.of(batch), 2).getFirst().full()).isTrue();
    }

    @Test
    void aBatchThatBeginsComesWithItsFirstSlices() {
        SliceId first = slice("state", "'pending'");
        further(first, 1, "'nobody-else'", "null");
        SliceId stopped = slice("state", "'pending'");
        tester.sql("update batch set stop_reason = 'expired', stop_at = now() where id = ?", stopped.batchId());

        Set<String> ids = Set.of(first.batchId(), stopped.batchId(), "batch_none");
        assertThat(store.begun(ids, 10))
                .hasSize(2)
                .allSatisfy(page -> assertThat(page.of().batchId()).isEqualTo(first.batchId()))
                .allSatisfy(page -> assertThat(page.full()).isFalse())
                .allSatisfy(page -> assertThat(page.due()).hasSize(1));
        assertThat(store.begun(ids, 1))
                .singleElement()
                .satisfies(page -> assertThat(page.full()).isTrue());
    }

    private List<Backlog.Head> headsOf(SliceId slice) {
        return store.heads().stream()
                .filter(head -> head.of().batchId().equals(slice.batchId()))
                .toList();
    }

    private void further(SliceId first, int seq, String model, String notBefore) {
        tester.sql(
                "insert into slice (batch_id, seq, byte_offset, byte_length, first_line, line_count, model, not_before)"
                        + " values (?, ?, 0, 1, 2, 1, " + model + ", " + notBefore + ")",
                first.batchId(),
                seq);
    }

    private SliceId slice(String columns, String values) {
        return tester.slice(List.of(line("a", NOBODY, "x")), NOBODY, columns, values);
    }
}
