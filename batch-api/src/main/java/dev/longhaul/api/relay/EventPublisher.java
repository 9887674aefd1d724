package dev.longhaul.api.relay;

import dev.longhaul.store.Outbox;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.jboss.logging.Logger;

/** Writes CloudEvents in structured JSON to {@code batch.events}, keyed by batch. */
@ApplicationScoped
class EventPublisher {
    private static final Logger LOG = Logger.getLogger(EventPublisher.class);
    private static final byte[] STRUCTURED = "application/cloudevents+json".getBytes(StandardCharsets.UTF_8);
    /** Somewhat longer than the producer tries. */
    private static final long PATIENCE_SECONDS = 45;

    private final Emitter<String> emitter;

    EventPublisher(@Channel("batch-events") @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER) Emitter<String> emitter) {
        this.emitter = emitter;
    }

    /**
     * Publishes events in order and waits for Kafka.
     *
     * @return the first of them up to the first that was not acknowledged; what follows that may be repeated, but not left out
     */
    List<Outbox.Event> publish(List<Outbox.Event> events) throws InterruptedException {
        List<CompletableFuture<Void>> sends = events.stream().map(this::send).toList();
        List<Outbox.Event> published = new ArrayList<>();
        try {
            for (int i = 0; i < events.size(); i++) {
                sends.get(i).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                published.add(events.get(i));
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("an event was not acknowledged", e);
        }
        return published;
    }

    private CompletableFuture<Void> send(Outbox.Event event) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        OutgoingKafkaRecordMetadata<String> kafka = OutgoingKafkaRecordMetadata.<String>builder()
                .withKey(event.batchId())
                .withHeaders(new RecordHeaders().add("content-type", STRUCTURED))
                .build();
        emitter.send(Message.of(
                event.json(),
                Metadata.of(kafka),
                () -> {
                    done.complete(null);
                    return CompletableFuture.completedFuture(null);
                },
                failure -> {
                    done.completeExceptionally(failure);
                    return CompletableFuture.completedFuture(null);
                }));
        return done;
    }
}
