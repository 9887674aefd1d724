package dev.longhaul.api.files;

import dev.longhaul.api.errors.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.fileupload.FileItemIterator;
import org.apache.commons.fileupload.FileItemStream;
import org.apache.commons.fileupload.FileUpload;
import org.apache.commons.fileupload.FileUploadBase;
import org.apache.commons.fileupload.FileUploadException;
import org.apache.commons.fileupload.InvalidFileNameException;
import org.apache.commons.fileupload.MultipartStream;
import org.apache.commons.fileupload.RequestContext;
import org.jspecify.annotations.Nullable;

/** A multipart body, read as it comes: its parts may be in any order. */
final class UploadForm {
    private static final int LONGEST_FIELD = 8 << 10;
    private static final int LONGEST_PART_HEADER = 16 << 10;
    private static final int MOST_PARTS = 100;
    private static final String UNNAMED = "upload";

    private final String filePart;
    private final Map<String, String> fields = new HashMap<>();
    private @Nullable String filename;
    private boolean hasFile;

    private UploadForm(String filePart) {
        this.filePart = filePart;
    }

    /** Takes the bytes of the file part. */
    interface Sink {
        void write(byte[] bytes, int offset, int length) throws InterruptedException;
    }

    /** The body could not be read to its end because the client is gone. */
    static final class BrokenOffException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenOffException(IOException cause) {
            super(cause);
        }
    }

    /**
     * Reads a body to its end.
     *
     * @param filePart the name of the part whose bytes go to the sink
     * @throws BrokenOffException if the client went away
     */
    static UploadForm read(@Nullable String contentType, InputStream body, String filePart, Sink file)
            throws InterruptedException {
        if (contentType == null || !contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            throw ApiException.badRequest(
                    null,
                    null,
                    "Invalid content type: expected 'multipart/form-data', but got '" + contentType + "' instead.");
        }
        UploadForm form = new UploadForm(filePart);
        try {
            FileUpload upload = new FileUpload();
            upload.setHeaderEncoding("UTF-8");
            upload.setPartHeaderSizeMax(LONGEST_PART_HEADER);
            FileItemIterator parts = upload.getItemIterator(new Request(contentType, body));
            int count = 0;
            while (parts.hasNext()) {
                if (++count > MOST_PARTS) {
                    throw malformed("it has more than " + MOST_PARTS + " parts");
                }
                form.take(parts.next(), file);
            }
            if (count == 0) {
                throw malformed(
                        "it has no part between the boundaries that the Content-Type names, '" + contentType + "'");
            }
        } catch (FileUploadException
                | InvalidFileNameException
                | MultipartStream.MalformedStreamException
                | FileUploadBase.FileUploadIOException e) {
            throw malformed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new BrokenOffException(e);
        }
        return form;
    }

    private void take(FileItemStream part, Sink file) throws IOException, InterruptedException {
        String name = part.getFieldName();
        // Never closed here: closing would read the rest of the part, however long it is. The iterator closes what it
        // passes.
        InputStream in = part.openStream();
        if (!filePart.equals(name)) {
            byte[] value = in.readNBytes(LONGEST_FIELD + 1);
            if (value.length > LONGEST_FIELD) {
                throw ApiException.badRequest(
                        "string_above_max_length", name, "Invalid '" + name + "': longer than 8192 bytes.");
            }
            fields.put(name, new String(value, StandardCharsets.UTF_8));
            return;
        }
        if (hasFile) {
            throw ApiException.invalidValue(
                    filePart, "Invalid '" + filePart + "': expected one file, but got several.");
        }
        hasFile = true;
        filename = part.getName();
        copy(in, file);
    }

    private static void copy(InputStream in, Sink file) throws IOException, InterruptedException {
        byte[] chunk = new byte[16 << 10];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            file.write(chunk, 0, count);
        }
    }

    private static ApiException malformed(String why) {
        return ApiException.badRequest(null, null, "The multipart body cannot be read: " + why + ".");
    }

    /** Whether there was the part with the bytes. */
    boolean hasFile() {
        return hasFile;
    }

    /** A field's value; null when it was not sent. */
    @Nullable
    String field(String name) {
        return fields.get(name);
    }

    /** The fields whose names begin so. */
    Map<String, String> fieldsFrom(String prefix) {
        return fields.entrySet().stream()
                .filter(field -> field.getKey().startsWith(prefix))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The file's name without folders; {@code upload} when it has none. */
    String filename() {
        String name = filename;
        if (name == null) {
            return UNNAMED;
        }
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
                .strip();
        return last.isEmpty() ? UNNAMED : last;
    }

    private record Request(String contentType, InputStream body) implements RequestContext {
        @Override
        public String getCharacterEncoding() {
            return "UTF-8";
        }

        @Override
        public String getContentType() {
            return contentType;
        }

        @Override
        @Deprecated
        public int getContentLength() {
            return -1;
        }

        @Override
        public InputStream getInputStream() {
            return body;
        }
    }
}
