package dev.longhaul.finalizer.unserved;

import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.finalizer.settle.Settler;
import dev.longhaul.finalizer.settle.StoppedBatch;
import dev.longhaul.store.Database;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.StoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.producer.Producer;
import org.jboss.logging.Logger;

/**
 * Answers the lines of stopped batches, each on a thread of its own, a few slices at a time. A partition has the answers of one portion
 * under way until they are gathered: ten million cancelled lines delay nobody, and a partition that lags delays its own batches alone.
 * Reading and sending is done in turns, which bound the memory. A batch whose input is missing waits without holding anything. Inputs in
 * S3 and inputs in PostgreSQL have turns of their own, so that an S3 that hangs is not felt by batches that need none.
 */
public final class UnservedAnswers implements Settler.Stopped, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(UnservedAnswers.class);
    /** Each turn holds one slice in memory. */
    private static final int TURNS = 2;

    private static final int MAX_BATCHES = 500;
    private static final int PORTION = 8;
    private static final Duration GATHER_WAIT = Duration.ofSeconds(30);

    private final OwnedPartitions owned;
    private final PortionAnswers portions;
    private final Duration unreadableAfter;
    private final Lane stored = new Lane();
    private final Lane inline = new Lane();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("unserved-", 0).factory());

    /** What batches whose inputs are kept in the same place share. */
    private record Lane(Semaphore turns, Map<Integer, Semaphore> partitions, Set<String> batches) {
        Lane() {
            this(new Semaphore(TURNS, true), new ConcurrentHashMap<>(), ConcurrentHashMap.newKeySet());
        }

        Semaphore partition(int number) {
            return partitions.computeIfAbsent(number, n -> new Semaphore(1, true));
        }
    }

    /** @param unreadableAfter how long an input object must be missing before its lines are answered without it */
    public UnservedAnswers(
            OwnedPartitions owned,
            Database database,
            FileSegments files,
            Producer<byte[], byte[]> producer,
            Duration unreadableAfter) {
        this.owned = owned;
        this.portions = new PortionAnswers(new UnservedSlices(database), files, producer);
        this.unreadableAfter = unreadableAfter;
    }

    @Override
    public Set<String> underway() {
        Set<String> all = new HashSet<>(stored.batches());
        all.addAll(inline.batches());
        return all;
    }

    /** Starts working on these batches. What there is no room for is to be offered again later. */
    @Override
    public void offer(Collection<StoppedBatch> batches) {
        for (StoppedBatch batch : batches) {
            Lane lane = batch.inputStored() ? stored : inline;
            if (lane.batches().size() < MAX_BATCHES && lane.batches().add(batch.id())) {
                threads.execute(() -> run(lane, batch));
            }
        }
    }

    private void run(Lane lane, StoppedBatch batch) {
        try {
            OptionalLong epoch = owned.epoch(batch.partition());
            if (epoch.isPresent()) {
                answer(lane, batch, epoch.getAsLong());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // Should there be more later, the next look at the open batches offers it again.
            lane.batches().remove(batch.id());
        }
    }

    /** Ends when nothing of the batch is left to take, or another process owns it. */
    private void answer(Lane lane, StoppedBatch batch, long epoch) throws InterruptedException {
        Patience patience = new Patience(unreadableAfter);
        boolean told = false;
        while (owned.owns(batch.partition(), epoch)) {
            PortionAnswers.Outcome outcome = portion(lane, batch, epoch, patience.isOver(System.nanoTime()));
            StoreException problem = outcome.problem();
            if (problem == null) {
                if (outcome.taken() < PORTION) {
                    return;
                }
                patience.succeeded();
                told = false;
            } else {
                Duration pause = patience.failed(problem, System.nanoTime());
                if (!told) {
                    LOG.warnf(
                            "LH-F021 unserved lines are not answered yet, batchId=%s: %s",
                            batch.id(), problem.getMessage());
                    told = true;
                }
                if (outcome.lastOffset() < 0) {
                    owned.awaitLost(batch.partition(), epoch, pause);
                }
            }
        }
    }

    private PortionAnswers.Outcome portion(Lane lane, StoppedBatch batch, long epoch, boolean giveUpMissing)
            throws InterruptedException {
        Semaphore partition = lane.partition(batch.partition());
        partition.acquire();
        try {
            PortionAnswers.Outcome outcome = portions.finish(batch, send(lane, batch, epoch, giveUpMissing));
            owned.awaitGathered(batch.partition(), epoch, outcome.lastOffset(), GATHER_WAIT);
            return outcome;
        } catch (StoreException e) {
            return new PortionAnswers.Outcome(0, -1, e);
        } catch (RuntimeException e) {
            LOG.errorf(e, "LH-F022 answering unserved lines failed, batchId=%s", batch.id());
            return new PortionAnswers.Outcome(0, -1, new StoreException("unexpected: " + e, e));
        } finally {
            partition.release();
        }
    }

    private PortionAnswers.Sent send(Lane lane, StoppedBatch batch, long epoch, boolean giveUpMissing)
            throws InterruptedException {
        lane.turns().acquire();
        try {
            return portions.send(batch, epoch, PORTION, giveUpMissing);
        } finally {
            lane.turns().release();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
