package dev.longhaul.cli.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Where somebody who reads a batch's results is; one thread. */
public final class ResultStream {
    private static final int CHUNK = 64 << 10;

    private final String batchId;
    private final String kind;
    private final boolean follow;
    private long position;

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
        this.position = offset;
    }

    String path() {
        return "/batches/" + batchId + "/" + kind + "?offset=" + position + (follow ? "&follow=true" : "");
    }

    /** Copies what comes, each piece at once; true when something did. */
    void copy(InputStream in, OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            try {
                out.write(chunk, 0, count);
                out.flush();
            } catch (IOException e) {
                // Whoever read this, such as head, has enough; asking the server again would not help.
                throw new ApiException("the results cannot be written: " + e.getMessage(), e);
            }
            position += count;
        }
    }
}
