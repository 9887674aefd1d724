package dev.longhaul.cli.api;

import dev.longhaul.cli.failure.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** How many bytes of something have been copied, so that a copy that was cut continues there; one thread. */
final class CopiedBytes {
    private static final int CHUNK = 64 << 10;

    private long count;

    CopiedBytes(long count) {
        this.count = count;
    }

    long count() {
        return count;
    }

    /** Copies what comes, each piece at once. */
    void copy(InputStream in, OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
            try {
                out.write(chunk, 0, read);
                out.flush();
            } catch (IOException e) {
                // Whoever read this, such as head, has enough; asking the server again would not help.
                throw new ApiException("the results cannot be written: " + Reason.of(e), e);
            }
            count += read;
        }
    }
}
