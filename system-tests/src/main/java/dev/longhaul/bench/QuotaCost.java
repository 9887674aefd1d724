package dev.longhaul.bench;

import java.util.ArrayList;
import java.util.List;

/** What quotas cost: creating a batch under every one of them, and under none, in turns. */
final class QuotaCost {
    private static final int WARM_UP = 8;
    private static final int TURNS = 10;
    private static final int CREATES = 40;
    private static final double BOUND = 1.1;
    private static final String ALL =
            "{\"files\":%1$d,\"bytes\":%1$d,\"enqueued_batches\":%1$d,\"enqueued_lines\":%1$d,"
                    + "\"batches_per_hour\":%1$d}";
    /** Out of reach, but what is there is counted all the same. */
    private static final long FAR = 1_000_000_000;

    private static final String NONE = ALL.replace("%1$d", "\"unlimited\"");

    private QuotaCost() {}

    /** Measures with a tenant that has few batches; a fresh one is best. */
    static Figure measure(JsonClient operator, JsonClient tenant, String tenantId) {
        List<Double> under = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        String limits = "/tenants/" + tenantId + "/limits";
        for (int turn = -WARM_UP; turn < TURNS; turn++) {
            if (turn == 0) {
                under.clear();
                without.clear();
            }
            operator.post(limits, ALL.formatted(FAR));
            create(tenant, under);
            operator.post(limits, NONE);
            create(tenant, without);
        }
        double with = Series.median(under);
        double bare = Series.median(without);
        return new Figure(
                "creating a batch under every quota: p50",
                "%.2f ms".formatted(with),
                "without quotas: %.2f ms".formatted(bare),
                with / bare,
                "ratio at most " + BOUND,
                with <= BOUND * bare);
    }

    private static void create(JsonClient tenant, List<Double> millis) {
        for (int i = 0; i < CREATES; i++) {
            long begin = System.nanoTime();
            tenant.post("/batches", "{\"input_file_id\":\"file-none\",\"endpoint\":\"/v1/embeddings\"}");
            millis.add((System.nanoTime() - begin) / 1e6);
        }
    }
}
