package dev.longhaul.cli.api;

import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;

/** A multipart form with a file in it; the file is read while it is sent and never held. */
final class FileUpload {
    private final String boundary = "longhaul-" + UUID.randomUUID();
    private final BodyPublisher body;

    FileUpload(Path file) throws FileNotFoundException {
        String name = String.valueOf(file.getFileName())
                .replace("\"", "%22")
                .replace("\n", "%0A")
                .replace("\r", "%0D");
        String head = "--" + boundary + "\r\n"
                + "Content-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
                + "--" + boundary + "\r\n"
                + "Content-Disposition: form-data; name=\"file\"; filename=\"" + jsonl(name) + "\"\r\n"
                + "Content-Type: application/jsonl\r\n\r\n";
        String tail = "\r\n--" + boundary + "--\r\n";
        body = BodyPublishers.concat(
                BodyPublishers.ofString(head, StandardCharsets.UTF_8),
                BodyPublishers.ofFile(file),
                BodyPublishers.ofString(tail, StandardCharsets.UTF_8));
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    BodyPublisher body() {
        return body;
    }

    /** The service takes no other extension; what the user's file is called is no reason to refuse it. */
    private static String jsonl(String name) {
        return name.endsWith(".jsonl") ? name : name + ".jsonl";
    }
}
