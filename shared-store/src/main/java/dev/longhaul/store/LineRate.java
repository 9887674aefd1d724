package dev.longhaul.store;

/**
 * The lines a second of a batch, as a mean that forgets: what came so many seconds ago counts by {@code exp(-seconds / 20)}. One
 * number and its time in the batch's row, brought up to date by each checkpoint.
 */
public final class LineRate {
    private static final double MEMORY_SECONDS = 20;
    /** Past it nothing is left, and PostgreSQL would report an underflow. */
    private static final double FORGOTTEN = 50;

    private LineRate() {}

    /**
     * SQL over a row {@code b} of a batch for its {@code line_rate} once further lines have come.
     *
     * @param lines SQL for how many
     */
    public static String after(String lines) {
        return """
                b.line_rate * exp(-least(greatest(extract(epoch from now() - coalesce(b.line_rate_at, now())), 0) / %s, %s))::float8
                  + (%s) / %s""".formatted(MEMORY_SECONDS, FORGOTTEN, lines, MEMORY_SECONDS);
    }

    /**
     * What it is by now.
     *
     * @param rate as of the last checkpoint
     * @param ageSeconds since then
     * @param runSeconds since the batch began: what is younger than the memory has not had the time to add up
     */
    static double now(double rate, double ageSeconds, double runSeconds) {
        if (rate <= 0 || runSeconds <= 0) {
            return 0;
        }
        return rate
                * Math.exp(-Math.max(0, ageSeconds) / MEMORY_SECONDS)
                / (1 - Math.exp(-runSeconds / MEMORY_SECONDS));
    }
}
