package dev.longhaul.sim;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes answers as bytes: rendered pieces around what varies. The text of an answer echoes the beginning of the
 * question, so that a test can tell whose answer it is.
 */
final class Answers {
    private static final int ECHOED_CHARACTERS = 200;
    private static final int USUAL_BYTES = 768;

    private static final byte[] ID = bytes("{\"id\":\"");
    private static final byte[] CREATED = bytes(",\"created\":");
    private static final byte[] MODEL = bytes(",\"model\":\"");
    private static final byte[] CHAT_OBJECT = bytes("\",\"object\":\"chat.completion\"");
    private static final byte[] CHAT_CONTENT =
            bytes("\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"");
    private static final byte[] CHAT_END =
            bytes("\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":");
    private static final byte[] CHAT_TAIL = bytes(",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_sim\"}");
    private static final byte[] TEXT_OBJECT = bytes("\",\"object\":\"text_completion\"");
    private static final byte[] TEXT_CHOICES = bytes("\",\"choices\":[");
    private static final byte[] TEXT_INDEX = bytes("{\"index\":");
    private static final byte[] TEXT_CONTENT = bytes(",\"logprobs\":null,\"finish_reason\":\"stop\",\"text\":\"");
    private static final byte[] TEXT_USAGE = bytes("],\"usage\":");
    private static final byte[] RESPONSE_OBJECT = bytes("\",\"object\":\"response\",\"status\":\"completed\"");
    private static final byte[] RESPONSE_CREATED = bytes(",\"created_at\":");
    private static final byte[] RESPONSE_OUTPUT = bytes(
            "\",\"error\":null,\"incomplete_details\":null,\"instructions\":null,\"metadata\":{},\"tools\":[],"
                    + "\"tool_choice\":\"auto\",\"parallel_tool_calls\":true,\"temperature\":1.0,\"top_p\":1.0,"
                    + "\"output\":[{\"type\":\"message\",\"role\":\"assistant\",\"status\":\"completed\",\"id\":\"msg_");
    private static final byte[] RESPONSE_TEXT =
            bytes("\",\"content\":[{\"type\":\"output_text\",\"annotations\":[],\"text\":\"");
    private static final byte[] RESPONSE_USAGE = bytes("\"}]}],\"usage\":");
    private static final byte[] ECHO = bytes("Echo: ");

    private Answers() {}

    /** @param id what tells this answer from all others of this server */
    static Buffer render(Endpoint endpoint, InferenceRequest request, String id) {
        return switch (endpoint) {
            case CHAT_COMPLETIONS -> chat(request, id);
            case COMPLETIONS -> completion(request, id);
            case RESPONSES -> response(request, id);
            case EMBEDDINGS -> throw new IllegalArgumentException("embeddings are computed, not simulated");
        };
    }

    private static Buffer chat(InferenceRequest request, String id) {
        var answer = Buffer.buffer(USUAL_BYTES)
                .appendBytes(ID)
                .appendString("chatcmpl-")
                .appendString(id);
        answer.appendBytes(CHAT_OBJECT).appendBytes(CREATED);
        number(answer, now()).appendBytes(MODEL);
        quoted(answer, request.model()).appendBytes(CHAT_CONTENT);
        echo(answer, request.firstText()).appendBytes(CHAT_END);
        return chatUsage(answer, request).appendBytes(CHAT_TAIL);
    }

    private static Buffer completion(InferenceRequest request, String id) {
        var answer =
                Buffer.buffer(USUAL_BYTES).appendBytes(ID).appendString("cmpl-").appendString(id);
        answer.appendBytes(TEXT_OBJECT).appendBytes(CREATED);
        number(answer, now()).appendBytes(MODEL);
        quoted(answer, request.model()).appendBytes(TEXT_CHOICES);
        for (var i = 0; i < request.texts().size(); i++) {
            if (i > 0) {
                answer.appendByte((byte) ',');
            }
            number(answer.appendBytes(TEXT_INDEX), i).appendBytes(TEXT_CONTENT);
            echo(answer, request.texts().get(i)).appendString("\"}");
        }
        return chatUsage(answer.appendBytes(TEXT_USAGE), request).appendByte((byte) '}');
    }

    private static Buffer response(InferenceRequest request, String id) {
        var answer =
                Buffer.buffer(USUAL_BYTES).appendBytes(ID).appendString("resp_").appendString(id);
        answer.appendBytes(RESPONSE_OBJECT).appendBytes(RESPONSE_CREATED);
        number(answer, now()).appendBytes(MODEL);
        quoted(answer, request.model())
                .appendBytes(RESPONSE_OUTPUT)
                .appendString(id)
                .appendBytes(RESPONSE_TEXT);
        echo(answer, request.firstText()).appendBytes(RESPONSE_USAGE);
        var out = answerTokens(request.texts());
        return answer.appendString("{\"input_tokens\":" + request.promptTokens()
                + ",\"input_tokens_details\":{\"cached_tokens\":0,\"cache_write_tokens\":0},\"output_tokens\":" + out
                + ",\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":"
                + (request.promptTokens() + out) + "}}");
    }

    private static Buffer chatUsage(Buffer answer, InferenceRequest request) {
        var out = answerTokens(request.texts());
        answer.appendString("{\"prompt_tokens\":");
        number(answer, request.promptTokens()).appendString(",\"completion_tokens\":");
        number(answer, out).appendString(",\"total_tokens\":");
        return number(answer, request.promptTokens() + out).appendByte((byte) '}');
    }

    private static Buffer echo(Buffer answer, String text) {
        return quoted(answer.appendBytes(ECHO), beginning(text));
    }

    /** Cut between characters: half a surrogate pair is no UTF-8. */
    private static String beginning(String text) {
        if (text.length() <= ECHOED_CHARACTERS) {
            return text;
        }
        var end = Character.isHighSurrogate(text.charAt(ECHOED_CHARACTERS - 1))
                ? ECHOED_CHARACTERS - 1
                : ECHOED_CHARACTERS;
        return text.substring(0, end);
    }

    private static int answerTokens(List<String> texts) {
        var tokens = 0;
        for (var text : texts) {
            tokens += (ECHO.length + Math.min(text.length(), ECHOED_CHARACTERS) + 3) / 4;
        }
        return tokens;
    }

    static Buffer quoted(Buffer answer, String text) {
        return answer.appendBytes(JsonStringEncoder.getInstance().quoteAsUTF8(text));
    }

    private static Buffer number(Buffer answer, long number) {
        return answer.appendString(Long.toString(number));
    }

    private static long now() {
        return System.currentTimeMillis() / 1000;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
