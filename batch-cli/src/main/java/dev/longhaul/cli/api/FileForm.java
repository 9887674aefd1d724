package dev.longhaul.cli.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;

/** A multipart form with a file in it, or a range of one; the file is read while it is sent and never held. */
final class FileForm {
    private final String boundary = "longhaul-" + UUID.randomUUID();
    private final BodyPublisher body;

    private FileForm(String fields, String disposition, Path file, long offset, long length) {
        String head = fields.isEmpty() ? "" : "--" + boundary + "\r\n" + fields + "\r\n";
        body = BodyPublishers.concat(
                BodyPublishers.ofString(
                        head + "--" + boundary + "\r\nContent-Disposition: form-data; " + disposition
                                + "\r\nContent-Type: application/octet-stream\r\n\r\n",
                        StandardCharsets.UTF_8),
                BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> open(file, offset, length)), length),
                BodyPublishers.ofString("\r\n--" + boundary + "--\r\n", StandardCharsets.UTF_8));
    }

    /** A whole file. */
    static FileForm ofFile(Path file, long length, String purpose) {
        return new FileForm(
                "Content-Disposition: form-data; name=\"purpose\"\r\n\r\n" + purpose,
                "name=\"file\"; filename=\"" + quoted(nameFor(file, purpose)) + "\"",
                file,
                0,
                length);
    }

    /** A part of an upload. */
    static FileForm ofPart(Path file, long offset, long length) {
        return new FileForm("", "name=\"data\"; filename=\"part\"", file, offset, length);
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    BodyPublisher body() {
        return body;
    }

    /** For a batch the service takes no other extension; what the user's file is called is no reason to refuse it. */
    static String nameFor(Path file, String purpose) {
        String name = String.valueOf(file.getFileName());
        return !purpose.equals("batch") || name.endsWith(".jsonl") ? name : name + ".jsonl";
    }

    private static String quoted(String name) {
        return name.replace("\"", "%22").replace("\n", "%0A").replace("\r", "%0D");
    }

    private static InputStream open(Path file, long offset, long length) {
        try {
            return new FileRange(file, offset, length);
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + file, e);
        }
    }
}
