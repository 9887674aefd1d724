package dev.longhaul.model;

/**
 * Says that a slice was released under a claim number and may be claimed. A hint may be lost, late or repeated: it stays good until
 * the slice is claimed, and PostgreSQL decides who claims it first.
 *
 * @param claim the claim number, from 1
 */
public record SliceHint(SliceId slice, int claim) {
    public SliceHint {
        if (claim < 1) {
            throw new IllegalArgumentException("claim: must be at least 1");
        }
    }

    /** {@code batch/seq/claim}. */
    String text() {
        return slice + "/" + claim;
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws MalformedRecordException if it is anything else
     */
    static SliceHint parse(String text) {
        String[] parts = text.split("/", -1);
        try {
            if (parts.length == 3) {
                return new SliceHint(new SliceId(parts[0], Integer.parseInt(parts[1])), Integer.parseInt(parts[2]));
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException("slice hint: " + e.getMessage(), e);
        }
        throw new MalformedRecordException("slice hint: expected batch/seq/claim");
    }
}
