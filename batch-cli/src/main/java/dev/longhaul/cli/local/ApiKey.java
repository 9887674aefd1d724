package dev.longhaul.cli.local;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;

/** The first admin key of this installation: made once, readable by its owner alone. */
final class ApiKey {
    private static final int RANDOM_BYTES = 24;

    private ApiKey() {}

    static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new LocalException("can't read the API key " + file + ": " + e.getMessage(), e);
        }
    }

    static String readOrCreate(Path file) {
        return read(file).orElseGet(() -> create(file));
    }

    private static String create(Path file) {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        String key = "sk-" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        // The permissions are part of the creation: there is no moment at which others could read it.
        try (var channel = Files.newByteChannel(file, options, ownerOnly)) {
            channel.write(java.nio.ByteBuffer.wrap((key + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
            return key;
        } catch (FileAlreadyExistsException e) {
            return read(file).orElseThrow();
        } catch (IOException e) {
            throw new LocalException("can't write the API key " + file + ": " + e.getMessage(), e);
        }
    }
}
