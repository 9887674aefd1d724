package dev.longhaul.model;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Some result lines of one slice, the value of one record on {@code batch.results}: a header that says everything a
 * finalizer must know, then the encoded lines, those for the output file first. Nobody needs to parse a line again.
 *
 * @param claim the claim number under which the lines were executed
 * @param entries one for each line, in the order of the bytes of its file
 * @param body backs {@code output} and {@code errors}
 */
public record ResultChunk(SliceId slice, int claim, List<Entry> entries, ByteBuffer output, ByteBuffer errors) {
    private static final byte VERSION = 1;
    /** Up to here a first byte is taken for a version, and above for garbage: text begins higher. */
    private static final byte MAX_VERSION = 31;

    private static final int ENTRY_BYTES = 49;

    /**
     * One result line.
     *
     * @param line its index in the slice, from 0
     * @param length its bytes, newline included
     */
    public record Entry(int line, LineOutcome outcome, int length, Usage usage) {}

    /** Encodes a chunk; {@code output} and {@code errors} are read from position to limit and left as they were. */
    public byte[] encode() {
        byte[] batch = slice.batchId().getBytes(StandardCharsets.UTF_8);
        int header = 1 + 1 + batch.length + 3 * 4 + entries.size() * ENTRY_BYTES + 4;
        ByteBuffer out = ByteBuffer.allocate(header + output.remaining() + errors.remaining());
        out.put(VERSION).put((byte) batch.length).put(batch);
        out.putInt(slice.seq()).putInt(claim).putInt(entries.size());
        for (Entry entry : entries) {
            Usage usage = entry.usage();
            out.putInt(entry.line()).put((byte) entry.outcome().ordinal()).putInt(entry.length());
            out.putLong(usage.inputTokens()).putLong(usage.cachedTokens()).putLong(usage.outputTokens());
            out.putLong(usage.reasoningTokens()).putLong(usage.totalTokens());
        }
        out.putInt(output.remaining()).put(output.duplicate()).put(errors.duplicate());
        return out.array();
    }

    /**
     * Reads what {@link #encode} wrote, without copying the lines.
     *
     * @throws NewerVersionException if a later version of it did
     * @throws MalformedRecordException if it is anything else
     */
    public static ResultChunk decode(byte[] value) {
        try {
            ByteBuffer in = ByteBuffer.wrap(value);
            ResultChunk header = decodeHeader(in);
            int outputLength = in.getInt();
            ByteBuffer output = in.slice(in.position(), outputLength);
            ByteBuffer errors = in.slice(in.position() + outputLength, in.remaining() - outputLength);
            ResultChunk chunk = new ResultChunk(header.slice, header.claim, header.entries, output, errors);
            chunk.checkLengths();
            return chunk;
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new MalformedRecordException("result chunk: " + e, e);
        }
    }

    private static ResultChunk decodeHeader(ByteBuffer in) {
        byte version = in.get();
        if (version > VERSION && version <= MAX_VERSION) {
            throw new NewerVersionException("result chunk: version " + version + " is newer than this process");
        }
        if (version != VERSION) {
            throw new MalformedRecordException("result chunk: unknown version");
        }
        byte[] batch = new byte[in.get() & 0xff];
        in.get(batch);
        SliceId slice = new SliceId(new String(batch, StandardCharsets.UTF_8), in.getInt());
        int claim = in.getInt();
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / ENTRY_BYTES) {
            throw new MalformedRecordException("result chunk: impossible line count " + count);
        }
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int line = in.getInt();
            LineOutcome outcome = LineOutcome.ofOrdinal(in.get());
            int length = in.getInt();
            entries.add(new Entry(
                    line,
                    outcome,
                    length,
                    new Usage(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong())));
        }
        return new ResultChunk(slice, claim, entries, ByteBuffer.allocate(0), ByteBuffer.allocate(0));
    }

    private void checkLengths() {
        long outputBytes = 0;
        long errorBytes = 0;
        for (Entry entry : entries) {
            if (entry.line() < 0 || entry.length() < 1 || !entry.usage().isOfALine()) {
                throw new MalformedRecordException("result chunk: impossible entry " + entry);
            }
            if (entry.outcome().kind() == ResultKind.OUTPUT) {
                outputBytes += entry.length();
            } else {
                errorBytes += entry.length();
            }
        }
        if (outputBytes != output.remaining() || errorBytes != errors.remaining()) {
            throw new MalformedRecordException("result chunk: the lines' lengths do not add up");
        }
    }
}
