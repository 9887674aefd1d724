package dev.longhaul.localstack;

import java.io.IOException;

/** One server on one port of 127.0.0.1 that can be stopped and started again there, its data kept. One caller at a time. */
interface LocalServer {
    /** Returns when the server accepts work. Does nothing when it runs already. */
    void start() throws IOException;

    /** Returns when the server is gone. Does nothing when it is stopped already. */
    void stop() throws IOException;
}
