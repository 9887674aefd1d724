package dev.longhaul.cli.progress;

import java.io.PrintStream;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar on a terminal. It appears when the number of lines is known; until then one line tells the status. */
final class BarProgress implements ProgressDisplay {
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintStream out;
    private final int columns;
    private final LongSupplier nanos;
    private final Speed speed = new Speed();
    private @Nullable ProgressBar bar;
    private String waitingFor = "";

    BarProgress(PrintStream out, int columns, LongSupplier nanos) {
        this.out = out;
        this.columns = columns;
        this.nanos = nanos;
    }

    @Override
    public void show(Progress progress) {
        speed.at(nanos.getAsLong(), progress.done());
        if (bar == null && progress.total() == 0) {
            String wanted = progress.status() + " ..." + (progress.note().isEmpty() ? "" : " " + progress.note());
            if (!waitingFor.equals(wanted)) {
                waitingFor = wanted;
                out.print(CLEAR_LINE + waitingFor);
                out.flush();
            }
            return;
        }
        if (bar == null) {
            bar = open(progress.total());
        }
        bar.setExtraMessage(Figures.speed(speed.perSecond()) + ", " + Figures.count(progress.failed()) + " failed"
                + (progress.status().equals("in_progress") ? "" : ", " + progress.status())
                + (progress.note().isEmpty() ? "" : ", " + progress.note()));
        bar.maxHint(progress.total());
        bar.stepTo(progress.done());
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        } else if (!waitingFor.isEmpty()) {
            out.print(CLEAR_LINE);
            out.flush();
        }
        waitingFor = "";
    }

    private ProgressBar open(long total) {
        out.print(CLEAR_LINE);
        // The width is given, or the library would load a native terminal library to find it.
        return new ProgressBarBuilder()
                .setTaskName("lines")
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(100)
                .setEtaFunction(state -> speed.remaining(state.getMax()))
                .setConsumer(new ConsoleProgressBarConsumer(out, columns))
                .build();
    }
}
