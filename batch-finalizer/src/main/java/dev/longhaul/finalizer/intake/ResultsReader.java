package dev.longhaul.finalizer.intake;

import dev.longhaul.finalizer.checkpoint.CheckpointWriter;
import dev.longhaul.finalizer.checkpoint.PartitionStore;
import dev.longhaul.finalizer.gather.GatherLimits;
import dev.longhaul.finalizer.gather.Gatherer;
import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.model.Topics;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.kafka.ResultsConsumerSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/** The results loop's thread: keeps a consumer running until it is closed, whatever happens to Kafka and the stores. */
public final class ResultsReader implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ResultsReader.class);
    private static final long RESTART_MILLIS = 1_000;
    private static final long WATCH_MILLIS = 500;
    private static final Duration LONGEST_TURN = Duration.ofSeconds(5);
    /** For the current turn of the loop to end by itself, for leaving the group, and for both when a call had to be interrupted. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /** How soon the others hear of a member that has left, and take its partitions over. */
    private static final int HEARTBEAT_MILLIS = 500;

    private final LoopSettings settings;
    private final GatherLimits limits;
    private final PartitionStore partitions;
    private final CheckpointWriter checkpoints;
    private final ObjectStore objects;
    private final DeadLetters deadLetters;
    private final OwnedPartitions owned;
    private final Queue<String> ended = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("results-loop").unstarted(this::run);
    private volatile long lastTurn = System.nanoTime();
    /** Whether a turn took so long that the partitions are better off elsewhere. */
    private volatile boolean stuck;

    private volatile long heldBytes;

    public ResultsReader(
            LoopSettings settings,
            GatherLimits limits,
            PartitionStore partitions,
            CheckpointWriter checkpoints,
            ObjectStore objects,
            DeadLetters deadLetters,
            OwnedPartitions owned) {
        this.settings = settings;
        this.limits = limits;
        this.partitions = partitions;
        this.checkpoints = checkpoints;
        this.objects = objects;
        this.deadLetters = deadLetters;
        this.owned = owned;
    }

    public void start() {
        thread.start();
        Thread.ofVirtual().name("results-loop-watch").start(this::watch);
    }

    /** A process that PostgreSQL does not answer would keep its partitions, since its consumer is well: it leaves its group. */
    private void watch() {
        while (!awaitClosing(WATCH_MILLIS)) {
            if (!stuck && sinceLastTurn().compareTo(LONGEST_TURN) > 0) {
                LOG.warnf("LH-F017 a turn lasts longer than %d s: partitions are handed on", LONGEST_TURN.toSeconds());
                stuck = true;
                thread.interrupt();
            }
        }
    }

    /** Has batches forgotten that ended elsewhere. */
    public void forget(Collection<String> batches) {
        ended.addAll(batches);
    }

    /** How long the current turn of the loop has lasted. */
    public Duration sinceLastTurn() {
        return Duration.ofNanos(System.nanoTime() - lastTurn);
    }

    /** The memory of all segments after the last turn, in bytes. */
    public long heldBytes() {
        return heldBytes;
    }

    /** Whether the loop's thread runs. */
    public boolean isAlive() {
        return thread.isAlive();
    }

    private void run() {
        String instance = settings.instance();
        do {
            try {
                readAs(instance);
            } catch (FencedInstanceIdException e) {
                LOG.errorf(
                        "LH-F007 another process runs as instance=%s; this one goes on under a name of its own",
                        instance);
                instance = settings.instance() + "-" + Long.toHexString(System.nanoTime());
            } catch (InterruptException e) {
                if (!stuck) {
                    return;
                }
            } catch (RuntimeException e) {
                LOG.error("LH-F008 the results loop failed and restarts", e);
            }
        } while (!awaitClosing(RESTART_MILLIS) && awaitPostgres());
    }

    /** One that was stuck joins its group again when PostgreSQL answers; false when it is closed before. */
    private boolean awaitPostgres() {
        while (stuck) {
            if (partitions.isReachable()) {
                lastTurn = System.nanoTime();
                stuck = false;
            } else if (awaitClosing(RESTART_MILLIS)) {
                return false;
            }
        }
        return true;
    }

    private boolean awaitClosing(long millis) {
        try {
            return closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void readAs(String instance) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerSettings(instance));
        try (AdminLogBounds log = new AdminLogBounds(settings.kafka());
                ObjectWrites writes = new ObjectWrites(objects)) {
            Gatherer gatherer = new Gatherer(limits);
            ResultsLoop loop = new ResultsLoop(
                    consumer,
                    gatherer,
                    partitions,
                    checkpoints,
                    writes,
                    deadLetters,
                    owned,
                    log,
                    settings.checkpointEvery());
            try {
                loop.subscribe();
                while (closing.getCount() > 0 && !stuck) {
                    loop.turn(ended);
                    lastTurn = System.nanoTime();
                    heldBytes = gatherer.heldBytes();
                }
            } finally {
                loop.abandon();
            }
        } finally {
            // An interrupt has served its purpose: it would keep the consumer from leaving its group.
            boolean unused = Thread.interrupted();
            consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(membership()));
        }
    }

    /** A static member that only goes away keeps its partitions for a session's time, which is right for one that comes back. */
    private GroupMembershipOperation membership() {
        boolean leaves = stuck || (closing.getCount() == 0 && !settings.returns());
        return leaves ? GroupMembershipOperation.LEAVE_GROUP : GroupMembershipOperation.REMAIN_IN_GROUP;
    }

    private Map<String, Object> consumerSettings(String instance) {
        Map<String, Object> config = ResultsConsumerSettings.of(settings.kafka());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, Topics.RESULTS_GROUP);
        config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, instance);
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MILLIS);
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 * 1024 * 1024);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return config;
    }

    /** Ends the loop and hands its partitions on. What no checkpoint has recorded is read again by the next owner. */
    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        if (thread.isAlive() && !thread.join(CLOSE_TIMEOUT)) {
            thread.interrupt();
            thread.join(CLOSE_TIMEOUT);
        }
    }
}
