package dev.longhaul.finalizer;

import dev.longhaul.store.Database;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.Transitions;
import dev.longhaul.store.kafka.TopicSetup;
import dev.longhaul.store.kafka.TopicWatch;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Starts the finalizer as soon as schema, topics and bucket are there, which may be long after this process, and ends it. */
@ApplicationScoped
class FinalizerLifecycle {
    private static final Logger LOG = Logger.getLogger(FinalizerLifecycle.class);
    private static final long RETRY_MILLIS = 500;

    private final FinalizerConfig config;
    private final Map<String, Object> kafka;
    private final Database database;
    private final ObjectStore objects;
    private final Transitions transitions;
    private final TopicSetup topics;
    private final TopicWatch watch;
    private final int httpPort;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread starter;
    private volatile @Nullable Finalizer finalizer;

    FinalizerLifecycle(
            FinalizerConfig config,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            Database database,
            ObjectStore objects,
            Transitions transitions,
            TopicSetup topics,
            TopicWatch watch,
            @ConfigProperty(name = "quarkus.http.port") int httpPort) {
        this.config = config;
        this.kafka = kafka;
        this.database = database;
        this.objects = objects;
        this.transitions = transitions;
        this.topics = topics;
        this.watch = watch;
        this.httpPort = httpPort;
    }

    void start(@Observes StartupEvent event) {
        starter = Thread.ofVirtual().name("finalizer-start").start(this::startWhenReady);
    }

    /** The running finalizer; empty until all that it needs has been there once. */
    Optional<Finalizer> finalizer() {
        return Optional.ofNullable(finalizer);
    }

    private void startWhenReady() {
        String said = "";
        try {
            do {
                try {
                    // The API migrates it.
                    database.run("select from slice limit 0");
                    topics.ensure();
                    watch.start();
                    objects.ensureBucket();
                    Finalizer started = new Finalizer(config, instance(), kafka, database, objects, transitions);
                    started.start();
                    finalizer = started;
                    return;
                } catch (RuntimeException | TopicSetup.SetupFailedException e) {
                    String message = String.valueOf(e.getMessage());
                    if (!message.equals(said)) {
                        LOG.warnf("LH-F030 waiting to start: %s", message);
                        said = message;
                    }
                }
            } while (!closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String instance() {
        return config.instance().orElseGet(() -> "finalizer-" + hostName() + "-" + httpPort);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        closing.countDown();
        Thread starting = starter;
        if (starting != null) {
            starting.interrupt();
            starting.join(TimeUnit.SECONDS.toMillis(1));
        }
        Finalizer running = finalizer;
        if (running != null) {
            running.close();
        }
    }
}
