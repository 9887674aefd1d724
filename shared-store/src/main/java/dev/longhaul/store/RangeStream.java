package dev.longhaul.store;

import dev.longhaul.store.FileSegments.Segment;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.function.Function;

/** Reads segments one after the other, each opened when the one before has ended. */
final class RangeStream extends InputStream {
    private final Iterator<Segment> rest;
    private final Function<Segment, InputStream> opener;
    private InputStream current = InputStream.nullInputStream();

    RangeStream(Iterator<Segment> segments, Function<Segment, InputStream> opener) {
        this.rest = segments;
        this.opener = opener;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (true) {
            int count = current.read(bytes, offset, length);
            if (count >= 0 || !rest.hasNext()) {
                return count;
            }
            current.close();
            current = opener.apply(rest.next());
        }
    }

    @Override
    public void close() throws IOException {
        current.close();
    }
}
