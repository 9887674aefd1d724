package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.jsonl.LineBuffer;
import java.util.ArrayDeque;

/** A lane's spare buffers: what has grown to the usual size is used again. Belongs to its lane's event loop. */
final class BufferPool {
    private final ArrayDeque<LineBuffer> spare = new ArrayDeque<>();
    private final int mostSpare;
    private final int firstBytes;
    private final int mostBytes;

    /**
     * @param mostSpare how many are kept
     * @param firstBytes room that a new one has
     * @param mostBytes a larger one is not kept
     */
    BufferPool(int mostSpare, int firstBytes, int mostBytes) {
        this.mostSpare = mostSpare;
        this.firstBytes = firstBytes;
        this.mostBytes = mostBytes;
    }

    /** An empty buffer. */
    LineBuffer take() {
        LineBuffer buffer = spare.pollFirst();
        return buffer == null ? new LineBuffer(firstBytes) : buffer;
    }

    /** Takes a buffer back that nobody reads any more. */
    void giveBack(LineBuffer buffer) {
        if (spare.size() < mostSpare && buffer.array().length <= mostBytes) {
            buffer.truncate(0);
            spare.addFirst(buffer);
        }
    }
}
