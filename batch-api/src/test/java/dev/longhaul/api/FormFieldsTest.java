package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.Charset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients mean by the fields, the encoding and the name of an uploaded file: it is understood, or refused by name. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class FormFieldsTest {
    private final Api api = Api.admin();

    @BeforeEach
    void ready() {
        Readiness.await();
    }

    private static Multipart form(String... fields) {
        Multipart form = new Multipart().field("purpose", "batch");
        for (int i = 0; i < fields.length; i += 2) {
            form.field(fields[i], fields[i + 1]);
        }
        return form.file("in.jsonl", Lines.ONE);
    }

    private void assertExpiresAfterAnHour(Multipart form) throws Exception {
        Api.Answer answer = api.upload(form);

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        JsonObject file = answer.json();
        assertThat(file.getLong("expires_at")).isEqualTo(file.getLong("created_at") + 3600);
    }

    @Test
    void shouldUnderstandALifetimeHoweverItIsWritten() throws Exception {
        assertExpiresAfterAnHour(form("expires_after[anchor]", "created_at", "expires_after[seconds]", "3600"));
        assertExpiresAfterAnHour(form("expires_after.anchor", "created_at", "expires_after.seconds", "3600"));
        assertExpiresAfterAnHour(form("expires_after", "{\"anchor\":\"created_at\",\"seconds\":3600}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "expires_after|3600|expires_after",
                "expires_after|[1]|expires_after",
                "expires_after|null|expires_after",
                "expires_after|{\"anchor\":\"created_at\"}|expires_after.seconds",
                "expires_after|{\"seconds\":3600}|expires_after.anchor",
                "expires_after|{\"anchor\":\"created_at\",\"seconds\":1}|expires_after.seconds",
                "expires_after|{\"anchor\":\"created_at\",\"seconds\":\"3600\"}|expires_after.seconds",
                "expires_after.seconds|3600|expires_after.anchor",
                "expires_after.anchor|created_at|expires_after.seconds",
                "expires_after[second]|3600|expires_after[second]",
                "expires_after_seconds|3600|expires_after_seconds",
                "expires_after[]|3600|expires_after[]",
            })
    void shouldRefuseALifetimeThatItDoesNotUnderstand(String field, String value, String param) throws Exception {
        Api.Answer answer = api.upload(form(field, value));

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.error().getString("param")).isEqualTo(param);
        assertThat(answer.error().getString("message")).contains("'" + param + "'");
    }

    @Test
    void shouldRefuseALifetimeThatIsWrittenTwice() throws Exception {
        Api.Answer answer = api.upload(
                form("expires_after[anchor]", "created_at", "expires_after[seconds]", "3600", "expires_after", "{}"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().getString("param")).isEqualTo("expires_after");
    }

    @Test
    void shouldIgnoreFieldsThatMeanNothingToIt() throws Exception {
        assertThat(api.upload(form("custom", "x")).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"})
    void shouldRefuseOtherEncodingsThanUtf8(String charset) throws Exception {
        for (int lines : new int[] {1, 2_000}) {
            byte[] bytes = Lines.ONE.repeat(lines).getBytes(Charset.forName(charset));

            Api.Answer answer =
                    api.upload(new Multipart().field("purpose", "batch").file("in.jsonl", bytes));

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.error().getString("message")).contains("UTF-16").contains("Please send UTF-8");
        }
    }

    @Test
    void shouldRefuseACompressedFile() throws Exception {
        Api.Answer answer = api.upload(
                new Multipart().field("purpose", "batch").file("in.jsonl", new byte[] {0x1f, (byte) 0x8b, 8, 0}));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().getString("message")).contains("gzip");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{\"a\":tru}|unexpected character at column 6.",
                "{\"a\":1|it ends before its JSON object does.",
                "{} {}|something follows its JSON object at column 4.",
                "[1]|it is not a JSON object.",
                "# #|it is blank.",
            })
    void shouldSayWhereAFirstLineIsWrongAsOfOthers(String line, String where) throws Exception {
        Api.Answer answer = api.upload(new Multipart().field("purpose", "batch").file("in.jsonl", line + "\n{}\n"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().getString("message"))
                .isEqualTo(
                        "Invalid file format for Batch API. Must be .jsonl, but its first line is not parseable as valid"
                                + " JSON: " + where);
    }

    @Test
    void shouldSayThatABoundaryIsWrong() throws Exception {
        Api.Answer answer = api.send(
                "POST",
                "/v1/files",
                BodyPublishers.ofByteArray(form().bytes()),
                "Content-Type",
                "multipart/form-data; boundary=another");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().getString("message")).contains("boundary=another");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "in.jsonl|attachment; filename=\"in.jsonl\"",
                "50% off; now.jsonl|attachment; filename=\"50_ off; now.jsonl\"; filename*=UTF-8''50%25%20off%3B%20now.jsonl",
                "\u00e4\u20ac*.jsonl|attachment; filename=\"__*.jsonl\"; filename*=UTF-8''%C3%A4%E2%82%AC%2A.jsonl",
            })
    void shouldNameADownloadAsTheUploadWas(String name, String header) throws Exception {
        String id = api.upload(new Multipart().field("purpose", "batch").file(name, Lines.ONE))
                .id();

        assertThat(api.get("/v1/files/" + id + "/content").header("content-disposition"))
                .isEqualTo(header);
        assertThat(api.send("HEAD", "/v1/files/" + id + "/content", BodyPublishers.noBody())
                        .header("content-disposition"))
                .isEqualTo(header);
        assertThat(api.get("/v1/files/" + id + "/content", "Range", "bytes=0-1").header("content-disposition"))
                .isEqualTo(header);
    }

    @Test
    void shouldRefuseAFormsKeyThatItsHeaderDoesNotSay() throws Exception {
        assertThat(api.upload(form("idempotency_key", "k-form")).error().getString("param"))
                .isEqualTo("idempotency_key");
        assertThat(api.upload(form("idempotency_key", "k-form"), "Idempotency-Key", "k-other")
                        .error()
                        .getString("param"))
                .isEqualTo("idempotency_key");
        assertThat(api.upload(form("idempotency_key", "k-form"), "Idempotency-Key", "k-form")
                        .status())
                .isEqualTo(200);
    }
}
