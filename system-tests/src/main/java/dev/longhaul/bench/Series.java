package dev.longhaul.bench;

import java.util.Arrays;
import java.util.List;

/** Figures of one kind, in the order in which they came. */
final class Series {
    private Series() {}

    static double median(List<Double> values) {
        return percentile(values, 50);
    }

    /** The least value that so many percent of all are not above (nearest rank). */
    static double percentile(List<Double> values, double percent) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("values must not be empty");
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
    }
}
