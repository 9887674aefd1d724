package dev.longhaul.api.setup;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Work that goes on in the background, on a virtual thread of its own, until the process ends. */
public final class Loop implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Loop.class);

    private final String name;
    private final Round round;
    private final Semaphore wakeUps = new Semaphore(0);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;

    /** One round of the work. */
    public interface Round {
        /** Works; returns how long to wait for the next round, unless woken. What it throws is logged, and a second later it runs again. */
        Duration run() throws Exception;
    }

    private Loop(String name, Round round) {
        this.name = name;
        this.round = round;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    /** Starts the first round at once. */
    public static Loop start(String name, Round round) {
        Loop loop = new Loop(name, round);
        loop.thread.start();
        return loop;
    }

    private void run() {
        try {
            while (!closed) {
                Duration pause = runOnce();
                wakeUps.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS);
                wakeUps.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    private Duration runOnce() throws InterruptedException {
        try {
            return round.run();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            LOG.warnf("loop=%s %s", name, e.getMessage());
            LOG.debug(name, e);
            return Duration.ofSeconds(1);
        }
    }

    /** Starts the next round now, or right after the one that is running. Never blocks. */
    public void wake() {
        wakeUps.release();
    }

    /** Ends it after the round that is running, which is interrupted unless it ends within a second. */
    @Override
    public void close() throws InterruptedException {
        closed = true;
        wake();
        if (ended.await(1, TimeUnit.SECONDS)) {
            return;
        }
        thread.interrupt();
        if (!ended.await(1, TimeUnit.SECONDS)) {
            LOG.warnf("loop=%s did not end in time", name);
        }
    }
}
