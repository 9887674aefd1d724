package dev.longhaul.cli.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What is known on disk of an upload that is not complete yet. All threads. */
final class UploadNote {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** Not worth resuming any more. */
    private static final long LEAST_SECONDS_LEFT = 60;

    private final Path place;
    private final ObjectNode note;

    private UploadNote(Path place, ObjectNode note) {
        this.place = place;
        this.note = note;
    }

    /** The note of an earlier run about this very content of the file, if its upload still waits for parts. */
    static @Nullable UploadNote find(Path folder, String api, Path file, long length, String purpose, long partBytes) {
        Path place = place(folder, api, file, purpose);
        try {
            JsonNode note = MAPPER.readTree(Files.readAllBytes(place));
            boolean fits = note instanceof ObjectNode
                    && note.path("bytes").asLong() == length
                    && note.path("part_bytes").asLong() == partBytes
                    && note.path("modified").asLong() == modified(file)
                    && note.path("expires_at").asLong() - LEAST_SECONDS_LEFT
                            > Instant.now().getEpochSecond();
            return fits ? new UploadNote(place, (ObjectNode) note) : null;
        } catch (IOException e) {
            return null; // none, or a damaged one: then it begins anew
        }
    }

    static UploadNote begin(
            Path folder, String api, Path file, long length, String purpose, long partBytes, FilesApi.Created created) {
        ObjectNode note = MAPPER.createObjectNode()
                .put("upload_id", created.id())
                .put("expires_at", created.expiresAt())
                .put("file", file.toAbsolutePath().normalize().toString())
                .put("bytes", length)
                .put("modified", modified(file))
                .put("part_bytes", partBytes);
        note.putObject("parts");
        UploadNote begun = new UploadNote(place(folder, api, file, purpose), note);
        begun.write();
        return begun;
    }

    String uploadId() {
        return note.path("upload_id").asText();
    }

    synchronized @Nullable String partId(int part) {
        JsonNode id = note.path("parts").get(Integer.toString(part));
        return id == null ? null : id.asText();
    }

    synchronized void add(int part, String id, LongConsumer onProgress) {
        note.withObject("/parts").put(Integer.toString(part), id);
        write();
        arrived(onProgress);
    }

    /** Tells how many bytes have arrived, the last part taken for a whole one. */
    synchronized void arrived(LongConsumer onProgress) {
        onProgress.accept(Math.min(
                note.path("bytes").asLong(),
                note.path("parts").size() * note.path("part_bytes").asLong()));
    }

    void forget() {
        try {
            Files.deleteIfExists(place);
        } catch (IOException e) {
            // It is about an upload that has ended, and the next run finds that out.
        }
    }

    private void write() {
        try {
            Files.createDirectories(place.toAbsolutePath().getParent());
            Path fresh = place.resolveSibling(place.getFileName() + ".new");
            Files.write(fresh, MAPPER.writeValueAsBytes(note));
            Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // Then a break costs the whole upload, and nothing else.
        }
    }

    private static Path place(Path folder, String api, Path file, String purpose) {
        String what = api + "\n" + file.toAbsolutePath().normalize() + "\n" + purpose;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(what.getBytes(StandardCharsets.UTF_8));
            return folder.resolve(HexFormat.of().formatHex(digest, 0, 16) + ".json");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static long modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            throw new ApiException("can't read " + file, e);
        }
    }
}
