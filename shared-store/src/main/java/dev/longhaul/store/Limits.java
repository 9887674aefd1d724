package dev.longhaul.store;

import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.util.Optional;

/**
 * How much a tenant may bring, as configured.
 *
 * @param batchFileBytes of a file of purpose {@code batch}
 * @param fileBytes of a file of another purpose, sent at once
 * @param uploadBytes of an upload in parts, whatever its purpose
 * @param lines of a batch
 * @param lineBytes of a request line, without its line end
 * @param embeddingInputs of all lines of a batch for {@code /v1/embeddings}
 */
public record Limits(
        long batchFileBytes, long fileBytes, long uploadBytes, long lines, int lineBytes, long embeddingInputs) {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final Limits OURS =
            new Limits(50 * GIB, 50 * GIB, 50 * GIB, 50_000_000, (int) (32 * MIB), Long.MAX_VALUE);
    private static final Limits OPENAI = new Limits(200 * MIB, 512 * MIB, 8 * GIB, 50_000, (int) (32 * MIB), 50_000);

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException if one is out of bounds; the message names it
     */
    public static Limits of(LimitsConfig config) {
        Limits usual = switch (config.profile()) {
            case LONGHAUL -> OURS;
            case OPENAI -> OPENAI;
        };
        return new Limits(
                bytes("batch-file-size", config.batchFileSize(), usual.batchFileBytes, Long.MAX_VALUE),
                bytes("file-size", config.fileSize(), usual.fileBytes, Long.MAX_VALUE),
                bytes("upload-size", config.uploadSize(), usual.uploadBytes, Long.MAX_VALUE),
                count("lines", config.lines().orElse(usual.lines)),
                (int) bytes("line-size", config.lineSize(), usual.lineBytes, GIB),
                count("embedding-inputs", config.embeddingInputs().orElse(usual.embeddingInputs)));
    }

    private static long bytes(String name, Optional<MemorySize> size, long usual, long most) {
        BigInteger bytes = size.map(MemorySize::asBigInteger).orElse(BigInteger.valueOf(usual));
        if (bytes.signum() < 1 || bytes.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new IllegalArgumentException(
                    "longhaul.limits." + name + ": must be between 1 and " + most + " bytes, but is " + bytes);
        }
        return bytes.longValue();
    }

    private static long count(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("longhaul.limits." + name + ": must be at least 1, but is " + value);
        }
        return value;
    }
}
