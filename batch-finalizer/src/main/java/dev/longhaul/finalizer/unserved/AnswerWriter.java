package dev.longhaul.finalizer.unserved;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.StopReason;
import dev.longhaul.model.Usage;
import dev.longhaul.model.jsonl.LineBuffer;
import dev.longhaul.model.jsonl.LineSplitter;
import dev.longhaul.model.jsonl.LineTokenizer;
import dev.longhaul.model.jsonl.RequestLine;
import dev.longhaul.model.jsonl.ResultLine;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes the error lines of a slice that was not served, in chunks of about a megabyte at most. Belongs to one thread. */
final class AnswerWriter {
    private static final Logger LOG = Logger.getLogger(AnswerWriter.class);
    private static final int CHUNK_BYTES = 1024 * 1024;
    private static final byte[] NULL = "null".getBytes(US_ASCII);

    private final LineTokenizer tokenizer = new LineTokenizer(Integer.MAX_VALUE, LineTokenizer.DEFAULT_MAX_DEPTH);

    /**
     * Answers each line of a slice that has no outcome.
     *
     * @param source the slice's bytes of the input file; null if they are lost, then no line's {@code custom_id} is known
     */
    void write(TakenSlice slice, byte @Nullable [] source, StopReason reason, Consumer<ResultChunk> chunks) {
        byte[] bytes = source == null ? new byte[0] : source;
        ResultLine results = new ResultLine(slice.id().batchId());
        LineSplitter lines = new LineSplitter(bytes, 0, bytes.length);
        List<ResultChunk.Entry> entries = new ArrayList<>();
        LineBuffer out = new LineBuffer(slice.lineCount() * 192);
        for (int line = 0; line < slice.lineCount(); line++) {
            boolean isThere = lines.next();
            if (slice.done().get(line)) {
                continue;
            }
            int start = out.length();
            long number = slice.firstLine() + line;
            if (isThere && tokenizer.tokenize(bytes, lines.offset(), lines.length()) instanceof RequestLine request) {
                results.unanswered(
                        out,
                        number,
                        request.array(),
                        request.customIdStart(),
                        request.customIdEnd(),
                        reason.errorCode(),
                        reason.message());
            } else {
                // The plan has read this very line. Whatever became of it, the batch must end with an answer for it.
                if (source != null) {
                    LOG.errorf("LH-F020 a planned line cannot be read, sliceId=%s line=%d", slice.id(), number);
                }
                results.unanswered(out, number, NULL, 0, NULL.length, reason.errorCode(), reason.message());
            }
            entries.add(new ResultChunk.Entry(line, LineOutcome.UNSERVED, out.length() - start, Usage.NONE));
            if (out.length() >= CHUNK_BYTES) {
                chunks.accept(chunk(slice, entries, out));
                entries.clear();
                out.truncate(0);
            }
        }
        if (!entries.isEmpty()) {
            chunks.accept(chunk(slice, entries, out));
        }
    }

    /** Shares the buffer: to be encoded before the next one is made. */
    private static ResultChunk chunk(TakenSlice slice, List<ResultChunk.Entry> entries, LineBuffer out) {
        return new ResultChunk(slice.id(), slice.claim(), entries, ByteBuffer.allocate(0), out.view());
    }
}
