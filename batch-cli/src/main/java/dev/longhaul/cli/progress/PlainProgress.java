package dev.longhaul.cli.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Lines for logs and pipes: one when the status changes, and one a second while the counts do. */
final class PlainProgress implements ProgressDisplay {
    private static final String PAUSED = "paused";
    private static final long EVERY_NANOS = Duration.ofSeconds(1).toNanos();

    private final PrintStream out;
    private final LongSupplier nanos;
    private final Speed speed = new Speed();
    private @Nullable Progress printed;
    private @Nullable Progress newest;
    private long printedAt;

    PlainProgress(PrintStream out, LongSupplier nanos) {
        this.out = out;
        this.nanos = nanos;
    }

    @Override
    public void show(Progress progress) {
        long now = nanos.getAsLong();
        speed.at(now, progress.done());
        newest = progress;
        boolean newStatus = printed == null
                || !printed.status().equals(progress.status())
                || printed.note().equals(PAUSED) != progress.note().equals(PAUSED);
        if (newStatus || (!progress.equals(printed) && now - printedAt >= EVERY_NANOS)) {
            print(progress, now);
        }
    }

    @Override
    public void close() {
        if (newest != null && !newest.equals(printed)) {
            print(newest, nanos.getAsLong());
        }
    }

    private void print(Progress progress, long now) {
        printed = progress;
        printedAt = now;
        StringBuilder line = new StringBuilder(progress.status());
        if (progress.total() > 0) {
            line.append("  ")
                    .append(Figures.count(progress.done()))
                    .append('/')
                    .append(Figures.count(progress.total()));
            line.append(" lines (")
                    .append(progress.done() * 100 / progress.total())
                    .append(" %)");
            if (speed.perSecond() > 0) {
                line.append("  ").append(Figures.speed(speed.perSecond()));
            }
            if (progress.done() < progress.total()) {
                speed.remaining(progress.total())
                        .ifPresent(left -> line.append("  ETA ").append(Figures.duration(left)));
            }
            line.append("  ").append(Figures.count(progress.failed())).append(" failed");
        }
        if (!progress.note().isEmpty()) {
            line.append("  ").append(progress.note());
        }
        out.println(line);
    }
}
