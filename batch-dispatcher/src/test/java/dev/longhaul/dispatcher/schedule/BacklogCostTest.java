package dev.longhaul.dispatcher.schedule;

import static dev.longhaul.dispatcher.DispatcherTester.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.dispatcher.DispatcherTester;
import io.quarkus.test.junit.QuarkusTest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the leader reads does not depend on what waits: counted in pages of PostgreSQL, whose number no machine's speed changes. */
@QuarkusTest
class BacklogCostTest {
    private static final int SLICES = 10_000;
    private static final int BATCHES = 100;
    private static final Pattern BUFFERS = Pattern.compile("Buffers: shared hit=(\\d+)(?: read=(\\d+))?");

    private final DispatcherTester tester = DispatcherTester.get();

    @BeforeEach
    void aLargeBacklog() {
        tester.sql("""
                insert into batch (id, tenant_id, job_id, input_file_id, endpoint, completion_window, expires_at, output_ref,
                  error_ref, results_partition, status, lines_total, in_progress_at)
                select 'cost_' || i, 't1', 'j', 'file-none', '/v1/chat/completions', '24h', now() + interval '24 h', 'o', 'e',
                  0, 'in_progress', 1, now() from generate_series(0, ?) i""", BATCHES);
        String slice = """
                insert into slice (batch_id, seq, byte_offset, byte_length, first_line, line_count, model, not_before)
                select 'cost_' || %s, %s, 0, 1, 1, 1, %s, %s from generate_series(1, ?) i""";
        tester.sql(slice.formatted("0", "i", "'" + NOBODY + "'", "null"), SLICES);
        tester.sql(slice.formatted("0", SLICES + " + i", "'" + NOBODY + "'", "now() + interval '1 h'"), SLICES);
        tester.sql(slice.formatted("1 + i % " + BATCHES, "i", "'" + NOBODY + "-' || i % 7", "null"), SLICES / 2);
        tester.sql("vacuum analyze slice");
        tester.sql("analyze batch");
    }

    @AfterEach
    void none() {
        tester.sql("delete from slice where batch_id like 'cost_%'");
        tester.sql("delete from batch where id like 'cost_%'");
    }

    @Test
    void readingTheNextSlicesOfABatchCostsAHandfulOfPages() {
        String sql = BacklogStore.NEXT
                .replace("$1", "array['cost_0']")
                .replace("$2", "array['" + NOBODY + "']")
                .replace("$3", "64");

        assertCostsLessThan(250, sql);
    }

    @Test
    void findingAllBatchesCostsAFewPagesForEachBatchAndModelWhateverItsSlices() {
        int batchesAndModels = Integer.parseInt(tester.row(
                "select count(*) from (select distinct batch_id, model from slice where state = 'pending') s"));

        assertCostsLessThan(20 * (batchesAndModels + BATCHES), BacklogStore.HEADS);
    }

    private void assertCostsLessThan(int most, String sql) {
        String plan = String.join("\n", tester.rows("explain (analyze, buffers) " + sql));
        Matcher buffers = BUFFERS.matcher(plan);
        assertThat(buffers.find()).as(plan).isTrue();
        int read = buffers.group(2) == null ? 0 : Integer.parseInt(buffers.group(2));
        assertThat(Integer.parseInt(buffers.group(1)) + read).as(plan).isLessThan(most);
    }
}
