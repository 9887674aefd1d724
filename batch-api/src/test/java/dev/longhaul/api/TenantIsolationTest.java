package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Another tenant's ids answer 404 on every route. A new route is one line in {@link #CHECKS}; without it a test here fails. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class TenantIsolationTest {
    /** What must hold on a route; the keys are HTTP method and path as the resources say it. */
    private static final Map<String, Check> CHECKS = new LinkedHashMap<>();

    static {
        CHECKS.put("POST /v1/files", Check.NAMES_NOTHING);
        CHECKS.put("GET /v1/files", list(Owned.FILE));
        CHECKS.put("GET /v1/files/{id}", one(Owned.FILE));
        CHECKS.put("DELETE /v1/files/{id}", one(Owned.FILE));
        CHECKS.put("GET /v1/files/{id}/content", one(Owned.FILE));
        CHECKS.put("HEAD /v1/files/{id}/content", one(Owned.FILE));

        CHECKS.put("POST /v1/uploads", Check.NAMES_NOTHING);
        CHECKS.put(
                "POST /v1/uploads/{id}/parts",
                new Check.One(
                        Owned.UPLOAD,
                        new String(new Multipart().data(new byte[] {'x'}).bytes(), StandardCharsets.UTF_8)));
        CHECKS.put("POST /v1/uploads/{id}/complete", new Check.One(Owned.UPLOAD, "{\"part_ids\":[\"part_%s\"]}"));
        CHECKS.put("POST /v1/uploads/{id}/cancel", one(Owned.UPLOAD));

        CHECKS.put("POST /v1/batches", naming(Owned.JOB, """
                {"input_file_id":"file-none","endpoint":"/v1/embeddings","job_id":"%s"}"""));
        CHECKS.put("GET /v1/batches", list(Owned.BATCH));
        CHECKS.put("GET /v1/batches/{id}", one(Owned.BATCH));
        CHECKS.put("POST /v1/batches/{id}/cancel", one(Owned.BATCH));
        CHECKS.put("DELETE /v1/batches/{id}", one(Owned.ENDED_BATCH));
        CHECKS.put("POST /v1/batches/{id}/pause", one(Owned.BATCH));
        CHECKS.put("POST /v1/batches/{id}/resume", one(Owned.BATCH));
        CHECKS.put("POST /v1/batches/{id}/retry", one(Owned.RETRYABLE_BATCH));
        CHECKS.put("GET /v1/batches/{id}/results", one(Owned.BATCH));
        CHECKS.put("GET /v1/batches/{id}/errors", one(Owned.BATCH));

        CHECKS.put("POST /v1/jobs", Check.NAMES_NOTHING);
        CHECKS.put("GET /v1/jobs", list(Owned.JOB));
        CHECKS.put("GET /v1/jobs/{id}", one(Owned.JOB));
        CHECKS.put("DELETE /v1/jobs/{id}", one(Owned.JOB));

        CHECKS.put("POST /v1/api_keys", Check.NAMES_NOTHING);
        CHECKS.put("GET /v1/api_keys", list(Owned.KEY));
        CHECKS.put("GET /v1/api_keys/{id}", one(Owned.KEY));
        CHECKS.put("DELETE /v1/api_keys/{id}", one(Owned.KEY));

        CHECKS.put("GET /v1/models", Check.NAMES_NOTHING);
        CHECKS.put("GET /v1/models/{id: .+}", Check.NAMES_NOTHING);

        CHECKS.put("GET /v1/limits", Check.NAMES_NOTHING);
        CHECKS.put("GET /v1/tenants/{id}/limits", one(Owned.TENANT));
        CHECKS.put("POST /v1/tenants/{id}/limits", Check.OPERATORS);
    }

    private static final String NO_BODY = "";

    @Inject
    Database database;

    private final Api operator = Api.admin();
    private Api owner = operator;
    private Api stranger = operator;

    /** What a tenant has ids of. */
    private enum Owned {
        FILE {
            @Override
            String make(Api owner) throws Exception {
                return owner.uploaded(Lines.ONE);
            }
        },
        BATCH {
            @Override
            String make(Api owner) throws Exception {
                return owner.post("/v1/batches", "{\"input_file_id\":\"file-none\",\"endpoint\":\"/v1/embeddings\"}")
                        .id();
            }
        },
        /** For routes that take a batch only once it has ended. */
        ENDED_BATCH {
            @Override
            String make(Api owner) throws Exception {
                return BATCH.make(owner);
            }
        },
        /** Ended, with an error file. */
        RETRYABLE_BATCH {
            @Override
            String make(Api owner) throws Exception {
                return owner.post(
                                "/v1/batches",
                                "{\"input_file_id\":\"" + FILE.make(owner) + "\",\"endpoint\":\"/v1/embeddings\"}")
                        .id();
            }
        },
        /** With one part that has come. */
        UPLOAD {
            @Override
            String make(Api owner) throws Exception {
                return owner.post(
                                "/v1/uploads",
                                "{\"filename\":\"a.jsonl\",\"purpose\":\"batch\",\"bytes\":2,\"mime_type\":\"x\"}")
                        .id();
            }
        },
        JOB {
            @Override
            String make(Api owner) throws Exception {
                return owner.post("/v1/jobs", "{}").id();
            }
        },
        KEY {
            @Override
            String make(Api owner) throws Exception {
                return owner.post("/v1/api_keys", "{\"name\":\"one\"}").id();
            }
        },
        TENANT {
            @Override
            String make(Api owner) throws Exception {
                return owner.get("/v1/limits").json().getString("tenant");
            }
        };

        abstract String make(Api owner) throws Exception;
    }

    private sealed interface Check {
        /** The request names no id of anybody's. */
        Check NAMES_NOTHING = new Nothing();

        /** Nobody's but the operator's; the path names a tenant. */
        Check OPERATORS = new Operators();

        record Nothing() implements Check {}

        record Operators() implements Check {}

        /** The path names one. */
        record One(Owned owned, String body) implements Check {}

        /** It lists them, from a cursor on. */
        record Listed(Owned owned) implements Check {}

        /** The body names one. */
        record Named(Owned owned, String body) implements Check {}
    }

    private static Check one(Owned owned) {
        return new Check.One(owned, NO_BODY);
    }

    private static Check list(Owned owned) {
        return new Check.Listed(owned);
    }

    private static Check naming(Owned owned, String body) {
        return new Check.Named(owned, body);
    }

    static Stream<String> routes() {
        return CHECKS.keySet().stream();
    }

    @BeforeEach
    void twoTenants() throws Exception {
        Readiness.await();
        owner = adminOf("isolated-owner");
        stranger = adminOf("isolated-stranger");
    }

    private Api adminOf(String tenant) throws Exception {
        return new Api(
                operator.post("/v1/api_keys", "{\"name\":\"a\",\"tenant\":\"" + tenant + "\",\"scopes\":[\"admin\"]}")
                        .json()
                        .getString("value"));
    }

    @Test
    void shouldHaveACheckForEveryRoute() throws IOException {
        assertThat(CHECKS.keySet())
                .as("routes: each needs its line in CHECKS")
                .containsExactlyInAnyOrderElementsOf(found());
    }

    @ParameterizedTest
    @MethodSource("routes")
    void shouldKnowNothingOfAnotherTenants(String route) throws Exception {
        String method = route.substring(0, route.indexOf(' '));
        String path = route.substring(route.indexOf(' ') + 1);
        switch (CHECKS.get(route)) {
            case Check.Nothing nothing -> {}
            case Check.Operators operators -> {
                String own = path.replaceFirst("\\{[^}]+}", made(Owned.TENANT));
                assertRefused(send(stranger, method, own, "{}"));
                assertAnswered(send(operator, method, own, "{}"));
            }
            case Check.One(Owned owned, String body) -> {
                String id = made(owned);
                String own = path.replaceFirst("\\{[^}]+}", id);
                String content = body.replace("%s", id);
                assertRefused(send(stranger, method, own, content));
                assertAnswered(send(owner, method, own, content));
            }
            case Check.Listed(Owned owned) -> {
                String id = made(owned);
                String theirs = stranger.get(path + "?limit=100").text();
                assertThat(theirs).as("what the stranger sees").doesNotContain(id);
                assertRefused(stranger.get(path + "?after=" + id));
                assertThat(owner.get(path + "?limit=100").ids()).contains(id);
                assertAnswered(owner.get(path + "?after=" + id));
            }
            case Check.Named(Owned owned, String body) -> {
                String naming = body.formatted(made(owned));
                assertRefused(send(stranger, method, path, naming));
                assertAnswered(send(owner, method, path, naming));
            }
            case null -> throw new AssertionError(route);
        }
    }

    private String made(Owned owned) throws Exception {
        String id = owned.make(owner);
        if (owned == Owned.RETRYABLE_BATCH) {
            database.run("""
                    insert into file (id, tenant_id, filename, purpose, bytes, state)
                    select error_ref, tenant_id, 'e.jsonl', 'batch_output', 0, 'ready' from batch where id = $1""", id);
            database.run("""
                    update batch set status = 'completed', finalizing_at = now(), completed_at = now(),
                      error_file_id = error_ref where id = $1""", id);
        }
        if (owned == Owned.ENDED_BATCH) {
            database.run("update batch set status = 'failed', failed_at = now() where id = $1", id);
        }
        if (owned == Owned.UPLOAD) {
            String part = "part_" + id;
            database.run("insert into upload_part (id, upload_id, state, bytes) values ($1, $2, 'ready', 2)", part, id);
            database.run("insert into file_segment (file_id, seq, bytes, inline) values ($1, 0, 2, '{}')", part);
        }
        return id;
    }

    private static Api.Answer send(Api as, String method, String path, String body) throws Exception {
        BodyPublisher content = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        return body.startsWith("--")
                ? as.send(method, path, content, "Content-Type", Multipart.TYPE)
                : as.send(method, path, content);
    }

    private static void assertRefused(Api.Answer answer) {
        assertThat(answer.status()).as("as the stranger: " + answer.text()).isEqualTo(404);
    }

    /** Otherwise the refusal would show nothing. */
    private static void assertAnswered(Api.Answer answer) {
        assertThat(answer.status()).as("as the owner: " + answer.text()).isEqualTo(200);
    }

    private static Set<String> found() throws IOException {
        Set<String> routes = new TreeSet<>();
        java.nio.file.Path classes = java.nio.file.Path.of("target/classes");
        try (Stream<java.nio.file.Path> files = Files.walk(classes)) {
            for (java.nio.file.Path file :
                    files.filter(file -> file.toString().endsWith(".class")).toList()) {
                Class<?> type = load(classes.relativize(file).toString().replaceFirst("\\.class$", ""));
                Path root = type.getAnnotation(Path.class);
                if (root != null) {
                    for (Method method : type.getDeclaredMethods()) {
                        routesOf(root, method).forEach(routes::add);
                    }
                }
            }
        }
        return routes;
    }

    private static Class<?> load(String file) {
        try {
            return Class.forName(
                    file.replace('/', '.'), false, Thread.currentThread().getContextClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Stream<String> routesOf(Path root, Method method) {
        Path below = method.getAnnotation(Path.class);
        String path = below == null
                ? root.value()
                : root.value() + "/" + below.value().replaceFirst("^/", "");
        return Stream.of(method.getAnnotations())
                .map(Annotation::annotationType)
                .map(type -> type.getAnnotation(HttpMethod.class))
                .filter(verb -> verb != null)
                .map(verb -> verb.value() + " " + path);
    }
}
