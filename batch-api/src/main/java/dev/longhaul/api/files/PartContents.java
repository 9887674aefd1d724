package dev.longhaul.api.files;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.FileSegments.Segment;
import dev.longhaul.store.StoreUnavailableException;
import dev.longhaul.store.StoredUpload;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Looks at the bytes of parts in the order in which they are to be a file. Blocks. */
@ApplicationScoped
class PartContents {
    /** So much of a first line is looked at. */
    private static final int BEGINNING = 64 << 10;

    private final FileSegments segments;

    PartContents(FileSegments segments) {
        this.segments = segments;
    }

    /**
     * Refuses what is no batch file by its first line, and bytes of another MD5 than was said. For that all bytes are read, since
     * parts may come in any order; without one only the beginning is.
     */
    void check(StoredUpload upload, CompleteRequest request) {
        boolean isBatch = upload.purpose().equals(FileRules.BATCH);
        String md5 = request.md5();
        if (!isBatch && md5 == null) {
            return;
        }
        List<Segment> inOrder = segments.ofParts(request.partIds());
        if (isBatch) {
            int length = (int) Math.min(BEGINNING, upload.bytes());
            byte[] beginning = segments.read(inOrder, 0, length);
            FileRules.checkFirstLine("part_ids", FirstLine.of(beginning, length, length == upload.bytes()));
        }
        if (md5 != null && !md5.equals(md5(inOrder, upload.bytes()))) {
            throw ApiException.invalidValue("md5", "Invalid 'md5': it is not that of the parts' bytes in this order.");
        }
    }

    private String md5(List<Segment> inOrder, long bytes) {
        MessageDigest digest = newMd5();
        try {
            new FileContent(segments, inOrder, 0, bytes)
                    .copyTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        } catch (IOException e) {
            throw new StoreUnavailableException("S3 broke off a read: " + e.getMessage(), e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newMd5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
