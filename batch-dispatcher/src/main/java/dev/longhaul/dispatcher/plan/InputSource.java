package dev.longhaul.dispatcher.plan;

import java.io.IOException;
import java.io.InputStream;

/** An input file that can be read more than once, with the same bytes each time. */
@FunctionalInterface
public interface InputSource {

    /** Opens the file at its first byte; the planner closes the stream. */
    InputStream open() throws IOException;
}
