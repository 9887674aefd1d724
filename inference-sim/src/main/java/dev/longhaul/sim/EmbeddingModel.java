package dev.longhaul.sim;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.langchain4j.model.output.Response;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/** The all-MiniLM-L6-v2 model, from the class path. Loaded on first use, which takes a second or two and some 200 MB. */
final class EmbeddingModel {
    static final int DIMENSIONS = 384;
    static final String NAME = "all-MiniLM-L6-v2";

    private static final class Loaded {
        // On the calling worker thread: the pool that calls decides how many run at a time.
        static final AllMiniLmL6V2EmbeddingModel MODEL = new AllMiniLmL6V2EmbeddingModel(Runnable::run);
    }

    private EmbeddingModel() {}

    /** Computes the whole answer, on the calling thread, which it blocks. Any thread. */
    static Buffer answer(InferenceRequest request) {
        var segments = request.texts().stream().map(EmbeddingModel::segment).toList();
        var result = Loaded.MODEL.embedAll(segments);
        return render(request, result);
    }

    private static TextSegment segment(String text) {
        // The library refuses a blank segment where OpenAI embeds it.
        return TextSegment.from(text.isBlank() ? "." : text);
    }

    private static Buffer render(InferenceRequest request, Response<List<Embedding>> result) {
        var answer = Buffer.buffer(result.content().size() * DIMENSIONS * 12);
        answer.appendString("{\"object\":\"list\",\"data\":[");
        for (var i = 0; i < result.content().size(); i++) {
            answer.appendString((i > 0 ? "," : "") + "{\"object\":\"embedding\",\"index\":" + i + ",\"embedding\":");
            var vector = result.content().get(i).vector();
            if (request.base64()) {
                answer.appendString("\"" + base64(vector) + "\"");
            } else {
                appendNumbers(answer, vector);
            }
            answer.appendString("}");
        }
        Answers.quoted(answer.appendString("],\"model\":\""), request.model());
        var tokens = result.tokenUsage().inputTokenCount();
        return answer.appendString("\",\"usage\":{\"prompt_tokens\":" + tokens + ",\"total_tokens\":" + tokens + "}}");
    }

    private static void appendNumbers(Buffer answer, float[] vector) {
        var separator = '[';
        for (var value : vector) {
            answer.appendByte((byte) separator).appendString(Float.toString(value));
            separator = ',';
        }
        answer.appendByte((byte) ']');
    }

    private static String base64(float[] vector) {
        var bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
