package dev.longhaul.cli.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** A short digest of what a process is made from. */
final class Fingerprint {
    private static final int HEX_DIGITS = 16;

    /** Quarkus writes it anew, and differently, from the same jars: it tells nothing that they don't. */
    private static final String GENERATED =
            Path.of("quarkus", "generated-bytecode.jar").toString();

    private final MessageDigest digest;

    Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    Fingerprint add(Collection<String> texts) {
        for (String text : texts) {
            digest.update(text.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return this;
    }

    /**
     * Adds a program: of libraries name and size, which a version never changes, and of what we built the content, so that
     * a build that changed nothing restarts nothing.
     */
    Fingerprint addProgram(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
            for (Path jar : jars) {
                String name = directory.relativize(jar).toString();
                if (name.equals(GENERATED)) {
                    continue;
                }
                add(List.of(name, Long.toString(Files.size(jar))));
                if (name.contains("longhaul") || name.startsWith("app/") || name.startsWith("quarkus/")) {
                    digest.update(Files.readAllBytes(jar));
                }
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + directory, e);
        }
    }

    /** The digest of all that was added; the object is as new afterwards. */
    String value() {
        return HexFormat.of().formatHex(digest.digest()).substring(0, HEX_DIGITS);
    }
}
