package dev.longhaul.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A multipart body in the making. */
final class Multipart {
    static final String BOUNDARY = "----longhaul-test-boundary";
    static final String TYPE = "multipart/form-data; boundary=" + BOUNDARY;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Multipart field(String name, String value) {
        return part("name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8));
    }

    Multipart file(String filename, String content) {
        return file(filename, content.getBytes(StandardCharsets.UTF_8));
    }

    Multipart file(String filename, byte[] content) {
        return part("name=\"file\"; filename=\"" + filename + "\"", content);
    }

    Multipart fileWithoutName(String content) {
        return part("name=\"file\"", content.getBytes(StandardCharsets.UTF_8));
    }

    /** An upload's part, as the SDKs send it: one has a file name, another has none. */
    Multipart data(byte[] content) {
        return part("name=\"data\"" + (content.length % 2 == 0 ? "; filename=\"upload\"" : ""), content);
    }

    private Multipart part(String disposition, byte[] content) {
        out.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        out.writeBytes(content);
        out.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        return this;
    }

    byte[] bytes() {
        byte[] end = ("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8);
        byte[] body = out.toByteArray();
        byte[] all = Arrays.copyOf(body, body.length + end.length);
        System.arraycopy(end, 0, all, body.length, end.length);
        return all;
    }

    /** Without its last boundary. */
    byte[] bytesWithoutEnd() {
        return out.toByteArray();
    }
}
