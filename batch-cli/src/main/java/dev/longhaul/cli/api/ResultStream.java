package dev.longhaul.cli.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Where somebody who reads a batch's results is; one thread. */
public final class ResultStream {
    private final String batchId;
    private final String kind;
    private final boolean follow;
    private final CopiedBytes copied;

    /**
     * Begins at an offset in bytes.
     *
     * @param kind {@code results} or {@code errors}
     * @param follow whether to stay until the batch has ended
     */
    public ResultStream(String batchId, String kind, boolean follow, long offset) {
        this.batchId = batchId;
        this.kind = kind;
        this.follow = follow;
        this.copied = new CopiedBytes(offset);
    }

    String path() {
        return "/batches/" + batchId + "/" + kind + "?offset=" + copied.count() + (follow ? "&follow=true" : "");
    }

    /** Copies what comes, each piece at once. */
    void copy(InputStream in, OutputStream out) throws IOException {
        copied.copy(in, out);
    }
}
