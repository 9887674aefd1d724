package dev.longhaul.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A running Longhaul with two dispatchers and one finalizer, and all that a scenario does with it. */
public final class Tester implements AutoCloseable {
    static final String DISPATCHER_1 = "batch-dispatcher-1";
    static final String DISPATCHER_2 = "batch-dispatcher-2";
    static final String FINALIZER = "batch-finalizer-1";
    static final String API = "batch-api";
    static final String SIMULATOR = "inference-sim";
    static final String SERVERS = "local-stack";
    static final String S3 = "local-s3";

    /** Calls to the simulator at a time, over all dispatchers. */
    static final int CEILING = 64;

    private static final String[] OPTIONS = {"--dispatchers", "2", "--max-in-flight", Integer.toString(CEILING)};

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration HEALTH_LIMIT = Duration.ofSeconds(20);
    private static final Duration LIMIT = Duration.ofMinutes(3);

    static {
        // A test that waits for what must come is no measure of speed.
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }

    private final Stack stack;
    private final List<Stack.Member> asleep = new ArrayList<>();
    private Stack.Status status;
    private boolean whole = true;

    Tester(Path data) {
        this(data, Map.of());
    }

    /** One with other settings: more variables for its commands and processes. */
    public Tester(Path data, Map<String, String> environment) {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("LONGHAUL_JAVA_OPTS", System.getProperty("test.jit", ""));
        stack = new Stack(data, variables);
        stack.reset();
        stack.up(OPTIONS);
        status = stack.status();
    }

    /** Makes it as if new for the next scenario: all processes up and awake, a simulator without faults or counts. */
    public void ready() {
        asleep.forEach(Signal.CONT::send);
        asleep.clear();
        if (!whole) {
            up();
        }
        simulator().behave(Map.of("count_lines", true));
        simulator().reset();
    }

    public Api api() {
        return new Api(status.api(), status.apiKey());
    }

    public Simulator simulator() {
        return new Simulator(member(SIMULATOR).port());
    }

    public Stack stack() {
        return stack;
    }

    /** Where its API is, and who runs. */
    public Stack.Status status() {
        return status;
    }

    Stack.Member member(String name) {
        return status.member(name);
    }

    /** Ends all of it with a good-bye. */
    void down() {
        whole = false;
        stack.close();
        status = stack.status();
    }

    /** The status code with which a process tells whether it is ready; it must come within seconds, whatever is away. */
    int readiness(String name) {
        URI health = URI.create("http://127.0.0.1:" + member(name).port() + "/q/health/ready");
        HttpRequest request =
                HttpRequest.newBuilder(health).timeout(HEALTH_LIMIT).build();
        return Http.send(request, BodyHandlers.discarding()).statusCode();
    }

    /** Starts all anew after {@link #down}, which forgets what it was started with. */
    void upAgain() {
        up(OPTIONS);
    }

    /** Starts what is missing and waits until all is ready. */
    public void up(String... options) {
        stack.up(options);
        status = stack.status();
        whole = true;
    }

    /** Ends a process without a good-bye; answers when, in ms since 1970. */
    public long kill(String name) {
        whole = false;
        Signal.KILL.send(member(name));
        return Instant.now().toEpochMilli();
    }

    /** Ends a process with a good-bye. */
    void stop(String name) {
        whole = false;
        Signal.TERM.send(member(name));
    }

    void putToSleep(String name) {
        asleep.add(member(name));
        Signal.STOP.send(member(name));
    }

    void wakeUp(String name) {
        asleep.remove(member(name));
        Signal.CONT.send(member(name));
    }

    /** Uploads the lines and creates a batch with a window of a day. */
    public Batch start(ChatLines lines) {
        return start(lines, "24h");
    }

    public Batch start(ChatLines lines, String window) {
        return api().create(api().upload(lines.bytes()), "/v1/chat/completions", window);
    }

    /** Waits until the batch has ended; whatever else a test looks at, a strict client can read its files. */
    public Batch end(Batch batch) {
        Batch ended = await(batch, Batch::ended);
        readStrictly(api(), ended);
        return ended;
    }

    /** Reads both files of an ended batch as the strictest of clients does. */
    static void readStrictly(Api api, Batch ended) {
        for (String file : Arrays.asList(ended.outputFileId(), ended.errorFileId())) {
            if (file != null) {
                try (InputStream content = api.content(file)) {
                    StrictLines.count(content);
                } catch (IOException e) {
                    throw new UncheckedIOException(file + " of " + ended.id(), e);
                }
            }
        }
    }

    public Batch await(Batch batch, Predicate<Batch> wished) {
        return api().await(batch.id(), POLL, LIMIT, wished);
    }

    /** What is in the files of an ended batch, after each line was checked. */
    public ResultCheck.Summary check(Batch ended, ChatLines lines) {
        return ResultCheck.of(api(), ended, lines.count());
    }

    @Override
    public void close() {
        asleep.forEach(Signal.CONT::send);
        stack.close();
    }
}
