package dev.longhaul.dispatcher.backend;

import java.util.concurrent.TimeUnit;

/**
 * What the answers of one backend teach about one model there; pure. Times are {@link System#nanoTime}'s. A model is {@link Up} until
 * its calls are refused in a row while none succeeds. Then it is {@link Shut}: one call at a time probes it, at growing intervals, and
 * the first that succeeds opens it. A line that is refused while it is shut, or with the others, has lost nothing.
 */
sealed interface ModelState {
    /** Refusals in a row that shut a model at once. */
    int ENOUGH = 16;
    /** Refusals in a row that shut it when nothing has succeeded for {@link #SILENCE_NANOS}. */
    int FEW = 3;

    long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    long FIRST_PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    long LAST_PROBE_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** A probe comes after this part of the time that the model has been shut: what is back is found soon, measured by its absence. */
    int PROBES_AN_AGE = 20;
    /** A line is given up only when the chance that its refusals were the backend's doing is smaller. */
    double HARDLY_EVER = 1e-8;
    /** So many calls are taken to fail when it has just come back. */
    double HALF = 0.5;
    /** Where so many do, a line that fails at the end of the work is one of those that fail on their own, and no outage. */
    double COMMON = 0.02;

    /**
     * A refused call.
     *
     * @param line which line it was, any number that others seldom have
     * @param known whether it says nothing about the backend: that line was refused before while others succeeded, or other calls are
     *     being served at the moment
     * @param probe whether it was the one that probes a shut model
     * @param waitNanos what the answer asks to wait, or 0
     */
    record Refused(Refusal refusal, long line, boolean known, boolean probe, long waitNanos) {}

    ModelState succeeded(long nowNanos);

    /** @param random from 0 to 1, spreads the probes of many processes */
    ModelState refused(Refused call, long nowNanos, double random);

    /**
     * Calls go.
     *
     * @param inARow refusals since the last success, those of known lines apart
     * @param lines the lines that these were of, as long as they are few
     * @param firstNanos when the first of these was
     * @param known refusals of known lines since the last success
     * @param share of refusals among the calls lately, up to the last success
     * @param quietNanos when something last succeeded, or before the first refusal
     */
    record Up(int inARow, FewLines lines, long firstNanos, int known, double share, long quietNanos)
            implements ModelState {
        private static final double WEIGHT = 1 / 32.0;

        static Up since(long nowNanos, double share) {
            return new Up(0, FewLines.NONE, 0, 0, share, nowNanos);
        }

        @Override
        public ModelState succeeded(long nowNanos) {
            double refused = share;
            for (int i = Math.min(inARow + known, 10 * ENOUGH); i > 0; i--) {
                refused += WEIGHT * (1 - refused);
            }
            return since(nowNanos, refused * (1 - WEIGHT));
        }

        @Override
        public ModelState refused(Refused call, long nowNanos, double random) {
            if (call.known()) {
                return new Up(inARow, lines, firstNanos, known + 1, share, quietNanos);
            }
            int now = inARow + 1;
            FewLines all = lines.with(call.line());
            boolean unreachable = call.refusal() == Refusal.UNREACHABLE;
            boolean silent = nowNanos - quietNanos >= SILENCE_NANOS;
            if (now >= (silent || unreachable ? FEW : ENOUGH) || (silent && unreachable)) {
                long due = nowNanos + Math.max(call.waitNanos(), spread(FIRST_PROBE_NANOS, random));
                return new Shut(call.refusal(), nowNanos, due, false, all);
            }
            return new Up(now, all, inARow == 0 ? nowNanos : firstNanos, known, share, quietNanos);
        }

        /** Whether the refusals are of few lines, and began so soon after a success that they are rather their doing than an outage. */
        boolean isRatherTheLines() {
            return lines.areFew() && share >= COMMON && firstNanos - quietNanos <= SILENCE_NANOS;
        }

        /** How often a line must be refused while others succeed before it is given up. */
        int proof(int attempts) {
            double chance = Math.clamp(share, 1e-9, 0.99);
            return Math.max(Math.max(1, attempts - 1), (int) Math.ceil(Math.log(HARDLY_EVER) / Math.log(chance)));
        }
    }

    /**
     * No call goes but a probe now and then.
     *
     * @param refusal the last one
     * @param dueNanos when the next probe may go
     * @param probing whether one is under way
     * @param lines the lines that were refused, as long as they are few
     */
    record Shut(Refusal refusal, long sinceNanos, long dueNanos, boolean probing, FewLines lines)
            implements ModelState {
        @Override
        public ModelState succeeded(long nowNanos) {
            return Up.since(nowNanos, HALF);
        }

        @Override
        public ModelState refused(Refused call, long nowNanos, double random) {
            FewLines all = lines.with(call.line());
            if (!call.probe()) {
                return new Shut(refusal, sinceNanos, dueNanos, probing, all);
            }
            long pause = Math.clamp((nowNanos - sinceNanos) / PROBES_AN_AGE, FIRST_PROBE_NANOS, LAST_PROBE_NANOS);
            long due = nowNanos + Math.max(call.waitNanos(), spread(pause, random));
            return new Shut(call.refusal(), sinceNanos, due, false, all);
        }

        /** Whether a line may probe now; another line than the few that were ever refused need not wait. */
        boolean mayProbe(long nowNanos, long one) {
            boolean another = lines.areFew() && !lines.has(one) && refusal.mayBeTheLines();
            return !probing && (another || nowNanos - dueNanos >= 0);
        }

        /** Whether some line may. */
        boolean isProbeDue(long nowNanos) {
            return !probing && (nowNanos - dueNanos >= 0 || lines.areFew());
        }

        Shut probed() {
            return new Shut(refusal, sinceNanos, dueNanos, true, lines);
        }

        /** The probe came to nothing, through no doing of the backend's. */
        Shut unprobed() {
            return new Shut(refusal, sinceNanos, dueNanos, false, lines);
        }

        /** Something says that it may be back. */
        Shut hinted(long nowNanos) {
            return new Shut(refusal, sinceNanos, Math.min(dueNanos, nowNanos), probing, lines);
        }

        /** Whether some line of this process probes it, or did so lately. */
        boolean isWatched(long nowNanos) {
            return probing || nowNanos - dueNanos < 5 * SILENCE_NANOS;
        }
    }

    private static long spread(long nanos, double random) {
        return (long) (nanos * (0.5 + random / 2));
    }
}
