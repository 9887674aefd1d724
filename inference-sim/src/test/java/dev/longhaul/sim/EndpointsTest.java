package dev.longhaul.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class EndpointsTest {
    static Simulator simulator;
    static Client client;

    @BeforeAll
    static void start() throws Exception {
        simulator = Simulator.start();
        client = new Client(simulator);
    }

    @AfterAll
    static void stop() {
        client.close();
        simulator.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/chat/completions"})
    void shouldAnswerAConversationWithItsLastUserMessage(String path) throws Exception {
        var answer = client.post(path, """
                {"messages":[{"role":"user","content":"first"},{"role":"assistant","content":"x"},
                {"role":"user","content":[{"type":"text","text":"sec"},{"text":"ond","type":"text"}]},
                {"content":"late","role":"system"}],"tools":[{"a":{"content":"no"}}],"model":"sim-chat"}""");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-request-id")).isPresent();
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        var body = Client.json(answer);
        assertThat(body.path("object").asText()).isEqualTo("chat.completion");
        assertThat(body.path("model").asText()).isEqualTo("sim-chat");
        assertThat(body.at("/choices/0/message/content").asText()).isEqualTo("Echo: second");
        assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertUsageAddsUp(body.path("usage"), "prompt_tokens", "completion_tokens");
    }

    @Test
    void shouldAnswerEachPromptOfACompletion() throws Exception {
        var body = Client.json(client.post(
                "/v1/completions",
                "{\"model\":\"sim-completions\",\"prompt\":[\"one\",\"zwei \\\"\\u00fc\\\" \\n\"]}"));

        assertThat(body.path("object").asText()).isEqualTo("text_completion");
        assertThat(body.path("choices")).hasSize(2);
        assertThat(body.at("/choices/0/text").asText()).isEqualTo("Echo: one");
        assertThat(body.at("/choices/1/text").asText()).isEqualTo("Echo: zwei \"ü\" \n");
        assertThat(body.at("/choices/1/index").asInt()).isEqualTo(1);
        assertUsageAddsUp(body.path("usage"), "prompt_tokens", "completion_tokens");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"question\"",
                "[{\"role\":\"user\",\"content\":\"question\"}]",
                "[{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"question\"}]}]",
                "[{\"role\":\"user\",\"content\":\"question\"},{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"7\"}]"
            })
    void shouldAnswerAResponse(String input) throws Exception {
        var body = Client.json(client.post("/v1/responses", "{\"model\":\"sim-chat\",\"input\":" + input + "}"));

        assertThat(body.path("object").asText()).isEqualTo("response");
        assertThat(body.path("status").asText()).isEqualTo("completed");
        assertThat(body.at("/output/0/content/0/text").asText()).isEqualTo("Echo: question");
        assertUsageAddsUp(body.path("usage"), "input_tokens", "output_tokens");
        assertThat(body.at("/usage/input_tokens_details").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("cached_tokens", "cache_write_tokens");
    }

    @Test
    void shouldCutALongEchoBetweenCharacters() throws Exception {
        var body = Client.json(client.chat("a" + "😀".repeat(200)));

        assertThat(body.at("/choices/0/message/content").asText()).isEqualTo("Echo: a" + "😀".repeat(99));
    }

    @Test
    void shouldFindNearTextsNearerThanFarOnes() throws Exception {
        var body = Client.json(client.post("/v1/embeddings", """
                {"model":"all-MiniLM-L6-v2","input":["A cat sleeps on the sofa.","A kitten naps on the couch.",
                "Quarterly revenue rose by four percent."]}"""));

        var data = body.path("data");
        assertThat(data).hasSize(3);
        assertThat(data.path(0).path("embedding")).hasSize(384);
        assertThat(cosine(data, 0, 1)).isGreaterThan(0.5).isGreaterThan(cosine(data, 0, 2) + 0.3);
        assertThat(body.at("/usage/prompt_tokens").asInt()).isBetween(15, 40);
        assertThat(body.at("/usage/total_tokens")).isEqualTo(body.at("/usage/prompt_tokens"));
    }

    @Test
    void shouldEncodeTheSameEmbeddingAsBase64() throws Exception {
        var numbers = Client.json(client.post("/v1/embeddings", "{\"model\":\"all-MiniLM-L6-v2\",\"input\":\"same\"}"));
        var encoded = Client.json(client.post(
                "/embeddings", "{\"model\":\"all-MiniLM-L6-v2\",\"input\":\"same\",\"encoding_format\":\"base64\"}"));

        var bytes = Base64.getDecoder().decode(encoded.at("/data/0/embedding").asText());
        var floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        assertThat(floats.remaining()).isEqualTo(384);
        assertThat(floats.get(7)).isEqualTo(numbers.at("/data/0/embedding/7").floatValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1,2,3]", "[[1,2],[3]]", "[\"text\",7]"})
    void shouldRefuseTokenIds(String input) throws Exception {
        var answer = client.post("/v1/embeddings", "{\"model\":\"all-MiniLM-L6-v2\",\"input\":" + input + "}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Client.json(answer).at("/error/message").asText()).contains("takes no token ids");
        assertThat(Client.json(answer).at("/error/param").asText()).isEqualTo("input");
    }

    @Test
    void shouldListItsModels() throws Exception {
        for (var path : new String[] {"/v1/models", "/models"}) {
            assertThat(Client.json(client.get(path)).path("data").findValuesAsText("id"))
                    .containsExactlyInAnyOrder("sim-chat", "sim-completions", "all-MiniLM-L6-v2");
        }
    }

    @Test
    void shouldNotKnowAnotherModel() throws Exception {
        var answer = client.post("/v1/completions", "{\"model\":\"gpt-9\",\"prompt\":\"x\"}");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(Client.json(answer).at("/error/code").asText()).isEqualTo("model_not_found");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            chat/completions|{"model":"sim-chat","messages":[|could not parse
            chat/completions|[]|not an object
            chat/completions|{"model":"sim-chat","messages":[{"role":"user"}]} x|could not parse
            chat/completions|{"model":"sim-chat","messages":[{"role":"user","content":"x"},{"content":"x"}]}|'messages[1].role'
            chat/completions|{"model":"sim-chat","messages":[{"role":null,"content":"x"}]}|'messages[0].role'
            responses|{"model":"sim-chat","input":[{"content":"x"}]}|'input[0].role'
            responses|{"model":"sim-chat","input":[{"type":"message","content":"x"}]}|'input[0].role'
            chat/completions|{"messages":[{"role":"user","content":"x"}]}|'model'
            chat/completions|{"model":7,"messages":[{"role":"user","content":"x"}]}|'model'
            chat/completions|{"model":"sim-chat"}|'messages'
            chat/completions|{"model":"sim-chat","messages":[]}|'messages'
            chat/completions|{"model":"sim-chat","messages":"x"}|'messages'
            chat/completions|{"model":"sim-chat","messages":[1]}|'messages[0]'
            chat/completions|{"model":"sim-chat","stream":true,"messages":[{}]}|'stream'
            completions|{"model":"sim-chat"}|'prompt'
            responses|{"model":"sim-chat","input":7}|'input'
            embeddings|{"model":"all-MiniLM-L6-v2","input":""}|'input'
            embeddings|{"model":"all-MiniLM-L6-v2","input":[]}|'input'
            embeddings|{"model":"all-MiniLM-L6-v2","input":"x","dimensions":3}|'dimensions'
            embeddings|{"model":"all-MiniLM-L6-v2","input":"x","encoding_format":"hex"}|'hex'
            """)
    void shouldSayWhatIsWrongWithABody(String endpoint, String body, String message) throws Exception {
        var answer = client.post("/v1/" + endpoint, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        var error = Client.json(answer).path("error");
        assertThat(error.path("message").asText()).contains(message);
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.fieldNames()).toIterable().containsExactly("message", "type", "param", "code");
    }

    @Test
    void shouldNotKnowOtherPathsAndMethods() throws Exception {
        assertThat(client.get("/v1/nothing").statusCode()).isEqualTo(404);
        assertThat(client.get("/v1/chat/completions").statusCode()).isEqualTo(405);
        assertThat(client.get("/admin/nothing").statusCode()).isEqualTo(404);
    }

    private static void assertUsageAddsUp(JsonNode usage, String in, String out) {
        assertThat(usage.path(in).asInt()).isPositive();
        assertThat(usage.path(out).asInt()).isPositive();
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(usage.path(in).asInt() + usage.path(out).asInt());
    }

    private static double cosine(JsonNode data, int one, int other) {
        var a = data.path(one).path("embedding");
        var b = data.path(other).path("embedding");
        double dot = 0;
        double lengthA = 0;
        double lengthB = 0;
        for (var i = 0; i < a.size(); i++) {
            dot += a.get(i).asDouble() * b.get(i).asDouble();
            lengthA += a.get(i).asDouble() * a.get(i).asDouble();
            lengthB += b.get(i).asDouble() * b.get(i).asDouble();
        }
        return dot / Math.sqrt(lengthA * lengthB);
    }
}
