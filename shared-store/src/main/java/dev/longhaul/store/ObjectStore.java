package dev.longhaul.store;

import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.RemoveObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.http.HttpUtils;
import io.minio.http.Method;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * S3, as far as Longhaul needs it: whole puts, ranged gets, lists and deletes. Methods block; call them on virtual threads or
 * threads of your own. Each throws {@link StoreUnavailableException} when S3 fails or cannot be reached, and
 * {@link MissingObjectException} when it says that the object does not exist.
 */
@ApplicationScoped
public class ObjectStore {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    /** A store that takes or gives no byte for so long is away: work waits and tries again instead of being stuck with it. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(30);

    private static final Duration READY_LIMIT = Duration.ofSeconds(3);
    /** What S3 says of an object that does not exist, or ends before the range that was asked for. */
    private static final Set<String> MISSING = Set.of("NoSuchKey", "InvalidRange");

    private static final int MOST_AT_ONCE = 128;
    /** From signing to the request's head at the server. */
    private static final int PUT_VALID_SECONDS = 600;

    private final OkHttpClient http = httpClient();
    private final MinioClient client;
    private final MinioClient probe;
    private final String bucket;

    public ObjectStore(ObjectStoreConfig config) {
        this.client = client(config, http);
        this.probe = client(config, http.newBuilder().callTimeout(READY_LIMIT).build());
        this.bucket = config.bucket();
    }

    private static MinioClient client(ObjectStoreConfig config, OkHttpClient http) {
        return MinioClient.builder()
                .endpoint(config.endpoint())
                .region(config.region())
                .credentials(config.accessKey(), config.secretKey())
                .httpClient(http)
                .build();
    }

    /** As many calls at once as there are uploads: of the library's five a slow one would hold up the others. */
    private static OkHttpClient httpClient() {
        Dispatcher dispatcher = new Dispatcher();
        dispatcher.setMaxRequests(MOST_AT_ONCE);
        dispatcher.setMaxRequestsPerHost(MOST_AT_ONCE);
        long silence = SILENCE_LIMIT.toMillis();
        return HttpUtils.newDefaultHttpClient(CONNECT_LIMIT.toMillis(), silence, silence)
                .newBuilder()
                .dispatcher(dispatcher)
                .build();
    }

    /** Creates the bucket if it is missing. */
    public void ensureBucket() {
        call("create the bucket " + bucket, () -> {
            if (!isBucketThere(client)) {
                client.makeBucket(MakeBucketArgs.builder().bucket(bucket).build());
            }
            return Optional.empty();
        });
    }

    /** Whether S3 answers within three seconds and the bucket is there. */
    public boolean isReady() {
        return call("look at the bucket " + bucket, () -> isBucketThere(probe));
    }

    private boolean isBucketThere(MinioClient asked) throws Exception {
        return asked.bucketExists(BucketExistsArgs.builder().bucket(bucket).build());
    }

    /**
     * Writes the first bytes of an array as an object; they must not change until this returns. By a signed address: the library's own
     * put computes MD5 and SHA-256 of all bytes, which cost more than the rest of a finalizer's work. TLS protects them as well.
     */
    public void put(String key, byte[] bytes, int length) {
        call("write " + key, () -> {
            String address = client.getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder()
                    .method(Method.PUT)
                    .bucket(bucket)
                    .object(key)
                    .expiry(PUT_VALID_SECONDS)
                    .build());
            Request request = new Request.Builder()
                    .url(address)
                    .put(RequestBody.create(bytes, null, 0, length))
                    .build();
            try (Response response = http.newCall(request).execute()) {
                if (!response.isSuccessful()) {
                    throw new IOException(
                            "status " + response.code() + ": " + response.body().string());
                }
            }
            return Optional.empty();
        });
    }

    /** Opens part of an object; the caller closes the stream. Reading it may throw an {@link IOException} at any byte. */
    public InputStream open(String key, long offset, long length) {
        return call(
                "read " + key,
                () -> client.getObject(GetObjectArgs.builder()
                        .bucket(bucket)
                        .object(key)
                        .offset(offset)
                        .length(length)
                        .build()));
    }

    /** The keys that begin so. */
    public List<String> list(String prefix) {
        return call("list " + prefix, () -> {
            List<String> keys = new ArrayList<>();
            for (var item : client.listObjects(ListObjectsArgs.builder()
                    .bucket(bucket)
                    .prefix(prefix)
                    .recursive(true)
                    .build())) {
                keys.add(item.get().objectName());
            }
            return keys;
        });
    }

    /** Deletes an object; one that is not there is no error. */
    public void delete(String key) {
        call("delete " + key, () -> {
            client.removeObject(
                    RemoveObjectArgs.builder().bucket(bucket).object(key).build());
            return Optional.empty();
        });
    }

    private interface Call<T> {
        T run() throws Exception;
    }

    private static <T> T call(String what, Call<T> call) {
        try {
            return call.run();
        } catch (ErrorResponseException e) {
            String code = e.errorResponse().code();
            if (MISSING.contains(code)) {
                throw new MissingObjectException("S3 cannot " + what + ": it says " + code, e);
            }
            throw new StoreUnavailableException("S3 refused to " + what + ": " + code, e);
        } catch (Exception e) {
            throw new StoreUnavailableException("S3 could not " + what + ": " + e.getMessage(), e);
        }
    }
}
