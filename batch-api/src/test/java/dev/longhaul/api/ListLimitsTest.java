package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The query that all lists share. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ListLimitsTest {
    private static final Map<String, Integer> MOST =
            Map.of("/v1/batches", 100, "/v1/files", 10_000, "/v1/jobs", 100, "/v1/api_keys", 100);

    private final Api api = Api.admin();

    @BeforeEach
    void waitUntilReady() {
        Readiness.await();
    }

    static Stream<Arguments> refused() {
        return MOST.entrySet().stream()
                .flatMap(list -> Stream.of(
                                List.of("0", "integer_below_min_value"),
                                List.of("-1", "integer_below_min_value"),
                                List.of(Integer.toString(list.getValue() + 1), "integer_above_max_value"),
                                List.of("1000000000", "integer_above_max_value"),
                                List.of("9".repeat(40), "integer_above_max_value"),
                                List.of("1e9", "invalid_type"),
                                List.of("abc", "invalid_type"),
                                List.of("1.0", "invalid_type"),
                                List.of("%201", "invalid_type"),
                                List.of("%D9%A1", "invalid_type"))
                        .map(row -> Arguments.of(list.getKey(), row.getFirst(), row.getLast())));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void shouldRefuseALimit(String path, String limit, String code) throws Exception {
        Api.Answer answer = api.get(path + "?limit=" + limit);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().getString("param")).isEqualTo("limit");
        assertThat(answer.error().getString("code")).isEqualTo(code);
    }

    static Stream<Arguments> lists() {
        return MOST.entrySet().stream().map(list -> Arguments.of(list.getKey(), list.getValue()));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void shouldTakeLimitsUpToTheMaximum(String path, int most) throws Exception {
        assertThat(api.get(path + "?limit=1").status()).isEqualTo(200);
        assertThat(api.get(path + "?limit=" + most).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @MethodSource("lists")
    void shouldRefuseACursorThatNobodyHas(String path, int most) throws Exception {
        Api.Answer unknown = api.get(path + "?after=nobodys");
        Api.Answer impossible = api.get(path + "?after=%00");

        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.error().getString("param")).isEqualTo("after");
        assertThat(impossible.status()).isEqualTo(400);
        assertThat(impossible.error().getString("param")).isEqualTo("after");
    }
}
