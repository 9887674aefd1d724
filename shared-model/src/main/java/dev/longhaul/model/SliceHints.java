package dev.longhaul.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** One record of {@code batch.slices}: slices that may be claimed together. */
public record SliceHints(List<SliceHint> hints) {
    private static final String SEPARATOR = "\n";

    public SliceHints {
        hints = List.copyOf(hints);
        if (hints.isEmpty()) {
            throw new IllegalArgumentException("hints: must not be empty");
        }
    }

    /** The record value: one hint per line, as UTF-8. */
    public byte[] encode() {
        return hints.stream()
                .map(SliceHint::text)
                .collect(Collectors.joining(SEPARATOR))
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws MalformedRecordException if it is anything else
     */
    public static SliceHints decode(byte[] value) {
        String text = new String(value, StandardCharsets.UTF_8);
        return new SliceHints(
                Arrays.stream(text.split(SEPARATOR, -1)).map(SliceHint::parse).toList());
    }
}
