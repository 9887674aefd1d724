package dev.longhaul.store;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads files as what they are: lists of segments, each an object or a few bytes in a row. Methods block. */
@ApplicationScoped
public class FileSegments {
    private final Database database;
    private final ObjectStore objects;

    public FileSegments(Database database, ObjectStore objects) {
        this.database = database;
        this.objects = objects;
    }

    /** One segment: {@code bytes} long from {@code offset} of its file on; either an object's key or the bytes themselves. */
    public record Segment(long offset, long bytes, @Nullable String objectKey, byte @Nullable [] inline) {
        long end() {
            return offset + bytes;
        }
    }

    /** The segments of a file in order; empty when the file is unknown or has no bytes. */
    public List<Segment> of(String fileId) {
        return from(fileId, 0);
    }

    /** The segments of a file that hold what is from an offset on, in order. */
    public List<Segment> from(String fileId, long offset) {
        return segments(database.run("""
                select bytes, object_key, inline, until from (
                  select seq, bytes, object_key, inline, (sum(bytes) over (order by seq))::bigint as until
                  from file_segment where file_id = $1) s
                where until > $2 order by seq
                """, fileId, offset));
    }

    /** The segments of an upload's parts in this order, as the file will have them that is made of them. */
    public List<Segment> ofParts(List<String> partIds) {
        return segments(database.run("""
                select s.bytes, s.object_key, s.inline, (sum(s.bytes) over (order by i.n, s.seq))::bigint as until
                from unnest($1::text[]) with ordinality as i (id, n) join file_segment s on s.file_id = i.id
                order by i.n, s.seq""", (Object) partIds.toArray(String[]::new)));
    }

    private static List<Segment> segments(RowSet<Row> rows) {
        List<Segment> segments = new ArrayList<>();
        for (Row row : rows) {
            Buffer inline = row.getBuffer("inline");
            long bytes = row.getLong("bytes");
            segments.add(new Segment(
                    row.getLong("until") - bytes,
                    bytes,
                    row.getString("object_key"),
                    inline == null ? null : inline.getBytes()));
        }
        return List.copyOf(segments);
    }

    /**
     * Reads a range of a file into memory.
     *
     * @throws StoreUnavailableException if S3 fails
     * @throws MissingObjectException if an object is missing, or the file ends before the range does
     */
    public byte[] read(List<Segment> segments, long offset, int length) {
        try (InputStream in = open(segments, offset, length)) {
            byte[] bytes = new byte[length];
            int read = in.readNBytes(bytes, 0, length);
            if (read < length) {
                throw new MissingObjectException(
                        "S3 has less of the file than its rows say: it ends at byte " + (offset + read),
                        new EOFException());
            }
            return bytes;
        } catch (IOException e) {
            throw new StoreUnavailableException("S3 broke off a read: " + e.getMessage(), e);
        }
    }

    /** Opens a range of a file, cut at the file's end; holds no more than one segment's connection at a time. */
    public InputStream open(List<Segment> segments, long offset, long length) {
        long end = offset + length;
        List<Segment> parts = segments.stream()
                .filter(segment -> segment.end() > offset && segment.offset() < end)
                .toList();
        return new RangeStream(parts.iterator(), segment -> openPart(segment, offset, end));
    }

    private InputStream openPart(Segment segment, long from, long to) {
        long start = Math.max(from - segment.offset(), 0);
        long count = Math.min(to, segment.end()) - segment.offset() - start;
        byte[] inline = segment.inline();
        if (inline != null) {
            return new ByteArrayInputStream(inline, (int) start, (int) count);
        }
        String key = segment.objectKey();
        if (key == null) {
            throw new IllegalStateException("a segment has neither object nor bytes");
        }
        return objects.open(key, start, count);
    }
}
