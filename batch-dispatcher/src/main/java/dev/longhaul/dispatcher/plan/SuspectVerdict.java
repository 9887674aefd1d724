package dev.longhaul.dispatcher.plan;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which suspects are duplicates, by their decoded ids. Ids may be megabytes long, so their SHA-256 stands for
 * them: about 150 bytes a suspect, whatever a tenant sends.
 */
final class SuspectVerdict {
    /** Far more ids than the suspects have hashes; more of them share those only if the hash is broken. */
    private static final int MAX_IDS = 16 * SuspectSearch.MAX_SUSPECTS;

    private record Digest(long a, long b, long c, long d) {}

    private final HashTagSet suspectHashes;
    private final Map<Digest, Long> firstLines = new HashMap<>();
    private final MessageDigest sha256;

    SuspectVerdict(HashTagSet suspectHashes) {
        this.suspectHashes = suspectHashes;
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    boolean isSuspect(long hash) {
        return suspectHashes.contains(hash);
    }

    /** The earlier line that has the same id, or null when this is the first. */
    @Nullable
    Long firstLineOf(String id, long line) {
        if (firstLines.size() == MAX_IDS) {
            throw new IllegalStateException("the hash of ids collides far too often");
        }
        // Two bytes a char, not UTF-8: that has no form for lone surrogates and would make different ids equal.
        ByteBuffer chars = ByteBuffer.allocate(id.length() * 2);
        chars.asCharBuffer().put(id);
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest(chars.array()));
        return firstLines.putIfAbsent(
                new Digest(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong()), line);
    }
}
