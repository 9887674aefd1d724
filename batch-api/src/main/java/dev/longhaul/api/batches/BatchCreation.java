package dev.longhaul.api.batches;

import dev.longhaul.api.auth.Caller;
import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.IdempotencyKey;
import dev.longhaul.store.Batch;
import dev.longhaul.store.BatchStore;
import dev.longhaul.store.Idempotency;
import dev.longhaul.store.NewBatch;
import dev.longhaul.store.ProgressStore;
import dev.longhaul.store.kafka.TopicsConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the caller's batches, each once for an {@code Idempotency-Key}, and says in HTTP's words why one is not made. */
@ApplicationScoped
class BatchCreation {
    private final BatchStore batches;
    private final ProgressStore progress;
    private final Caller caller;
    private final TopicsConfig topics;

    BatchCreation(BatchStore batches, ProgressStore progress, Caller caller, TopicsConfig topics) {
        this.batches = batches;
        this.progress = progress;
        this.caller = caller;
        this.topics = topics;
    }

    /**
     * Makes a batch, or answers the one that an earlier request of the same content made.
     *
     * @throws BatchStore.NothingToRetryException if it is to run lines that are not there
     */
    BatchJson create(NewBatch wanted, @Nullable Idempotency idempotency) {
        int partition = ThreadLocalRandom.current().nextInt(topics.resultsPartitions());
        try {
            return json(answered(() -> batches.create(caller.tenantId(), wanted, partition, idempotency)));
        } catch (BatchStore.WrongPurposeException e) {
            throw ApiException.invalidValue(
                    "input_file_id",
                    "Invalid value for 'input_file_id': the file '" + wanted.inputFileId() + "' has the purpose '"
                            + e.purpose() + "'. The input file of a batch must be uploaded with the purpose 'batch'.");
        }
    }

    /** The batch that an earlier request of the same content made; empty when there was none, or it brought no key. */
    Optional<BatchJson> repeated(@Nullable Idempotency idempotency) {
        return idempotency == null
                ? Optional.empty()
                : answered(() -> batches.created(caller.tenantId(), idempotency))
                        .map(this::json);
    }

    private static <T> T answered(Supplier<T> call) {
        try {
            return call.get();
        } catch (BatchStore.UnknownJobException e) {
            throw unknownJob(e.jobId());
        } catch (BatchStore.GoneException e) {
            throw ApiException.conflict(
                    IdempotencyKey.HEADER, "The batch that was created with this Idempotency-Key has been deleted.");
        }
    }

    static ApiException unknownJob(String jobId) {
        return ApiException.notFound("job_id", "No job found with id '" + jobId + "'.");
    }

    private BatchJson json(Batch batch) {
        return BatchJson.of(batch, progress.of(batch));
    }
}
