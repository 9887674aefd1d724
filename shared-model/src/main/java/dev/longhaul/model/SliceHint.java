package dev.longhaul.model;

import java.nio.charset.StandardCharsets;

/**
 * Says that a slice was released under a claim number and may be claimed. A hint may be lost, late or repeated: PostgreSQL decides.
 *
 * @param claim the claim number, from 1
 */
public record SliceHint(SliceId slice, int claim) {
    public SliceHint {
        if (claim < 1) {
            throw new IllegalArgumentException("claim: must be at least 1");
        }
    }

    /** The record value: {@code batch/seq/claim} as UTF-8. */
    public byte[] encode() {
        return (slice + "/" + claim).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws MalformedRecordException if it is anything else
     */
    public static SliceHint decode(byte[] value) {
        String[] parts = new String(value, StandardCharsets.UTF_8).split("/", -1);
        try {
            if (parts.length == 3) {
                return new SliceHint(new SliceId(parts[0], Integer.parseInt(parts[1])), Integer.parseInt(parts[2]));
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException("slice hint: " + e.getMessage(), e);
        }
        throw new MalformedRecordException("slice hint: is not batch/seq/claim");
    }
}
