package dev.longhaul.dispatcher;

import static dev.longhaul.dispatcher.DispatcherTester.FAKE;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A stock of small slices: what waits after a backend was down, a pause was lifted, or many small batches were planned at once. */
@QuarkusTest
class BurstTest {
    private static final int BATCHES = 1_000;
    private final DispatcherTester tester = DispatcherTester.get();

    @Test
    void aThousandOneLineBatchesLetGoAtOnceAreReleasedAndCalledOnceEach() {
        plan(BATCHES);

        tester.sql("update slice set state = 'pending' where batch_id like 'burst_%'");

        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(tester.rows(
                                "select 1 from slice where state <> 'reported' and batch_id like 'burst_%'"))
                        .isEmpty());
        assertThat(tester.row("select max(claim) from slice where batch_id like 'burst_%'"))
                .isEqualTo("1");
        assertThat(tester.bodies.stream().filter(body -> body.contains("\"burst ")))
                .doesNotHaveDuplicates()
                .hasSize(BATCHES);
    }

    /** Batches of one line each, planned and not yet pending. */
    private void plan(int batches) {
        tester.sql("""
                with line as materialized (
                  select 'burst_' || i as id, convert_to(replace(?, '%d', i::text) || chr(10), 'UTF8') as bytes
                  from generate_series(1, ?) i),
                input as (insert into file (id, tenant_id, filename, purpose, bytes, state)
                  select 'file-' || id, 't1', 'f', 'batch', length(bytes), 'ready' from line),
                segment as (insert into file_segment (file_id, seq, bytes, inline)
                  select 'file-' || id, 0, length(bytes), bytes from line),
                planned as (insert into batch (id, tenant_id, job_id, input_file_id, input_bytes, endpoint, completion_window,
                    expires_at, output_ref, error_ref, results_partition, status, lines_total, in_progress_at)
                  select id, 't1', 'j', 'file-' || id, length(bytes), '/v1/chat/completions', '24h', now() + interval '24 h',
                    'o', 'e', 0, 'in_progress', 1, now() from line)
                insert into slice (batch_id, seq, byte_offset, byte_length, first_line, line_count, model, state)
                  select id, 0, 0, length(bytes), 1, 1, ?, 'done' from line
                """, line("burst-%d", FAKE, "burst %d"), batches, FAKE);
    }
}
