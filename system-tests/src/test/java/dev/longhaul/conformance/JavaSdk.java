package dev.longhaul.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.MultipartField;
import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.batches.BatchCreateParams.CompletionWindow;
import com.openai.models.batches.BatchCreateParams.Endpoint;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import dev.longhaul.system.ChatLines;
import dev.longhaul.system.StrictLines;
import dev.longhaul.system.Tester;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** OpenAI's Java SDK on the shared stack, responses strictly validated. */
final class JavaSdk implements AutoCloseable {
    /** The text of a line that is never answered, and of one that fails. */
    static final String HANGS = "sim:latency=600000";

    static final String FAILS = "sim:status=400";

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final AtomicInteger requests = new AtomicInteger();
    private final OpenAIClient client;

    JavaSdk(URI base, String apiKey) {
        this.client = OpenAIOkHttpClient.builder()
                .baseUrl(base.toString())
                .apiKey(apiKey)
                .responseValidation(true)
                .addInterceptor(chain -> {
                    requests.incrementAndGet();
                    return chain.proceed(chain.request());
                })
                .build();
    }

    static JavaSdk of(Tester tester) {
        return new JavaSdk(tester.status().api(), tester.status().apiKey());
    }

    OpenAIClient client() {
        return client;
    }

    /** How many requests were sent so far, repeats included. */
    int requests() {
        return requests.get();
    }

    static byte[] lines(String... texts) {
        return new ChatLines(texts.length, number -> texts[number]).bytes();
    }

    FileObject upload(byte[] content) {
        MultipartField<InputStream> file = MultipartField.<InputStream>builder()
                .value(new ByteArrayInputStream(content))
                .filename("input.jsonl")
                .build();
        return client.files()
                .create(FileCreateParams.builder()
                        .file(file)
                        .purpose(FilePurpose.BATCH)
                        .build());
    }

    /** A request for a batch of such lines, to be changed. */
    BatchCreateParams.Builder batch(String... texts) {
        return BatchCreateParams.builder()
                .inputFileId(upload(lines(texts)).id())
                .endpoint(Endpoint.V1_CHAT_COMPLETIONS)
                .completionWindow(CompletionWindow._24H);
    }

    Batch create(BatchCreateParams.Builder params) {
        return client.batches().create(params.build());
    }

    Batch await(Batch batch, Batch.Status status) {
        return await(batch, found -> found.status().equals(status));
    }

    Batch await(Batch batch, Predicate<Batch> wished) {
        return Awaitility.await(batch.id() + " is as wished")
                .atMost(LIMIT)
                .until(() -> client.batches().retrieve(batch.id()), wished);
    }

    byte[] content(String fileId) {
        try (HttpResponse response = client.files().content(fileId);
                InputStream body = response.body()) {
            return body.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of a result file, which the strictest of clients can read. */
    List<String> linesOf(String fileId) {
        byte[] content = content(fileId);
        try {
            StrictLines.count(new ByteArrayInputStream(content));
        } catch (IOException e) {
            throw new UncheckedIOException(fileId, e);
        }
        return Arrays.asList(new String(content, UTF_8).split("\n"));
    }

    /** Holds a refusal against what it should say. */
    static OpenAIServiceException refused(
            int status,
            @Nullable String param,
            @Nullable String code,
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        OpenAIServiceException refusal = catchThrowableOfType(OpenAIServiceException.class, call);
        assertThat(refusal).isNotNull();
        assertThat(refusal.statusCode()).isEqualTo(status);
        assertThat(Stream.of(refusal.param(), refusal.code(), refusal.type()).map(text -> text.orElse(null)))
                .containsExactly(param, code, "invalid_request_error");
        assertThat(refusal.headers().values("x-request-id"))
                .singleElement()
                .asString()
                .startsWith("req_");
        return refusal;
    }

    @Override
    public void close() {
        client.close();
    }
}
