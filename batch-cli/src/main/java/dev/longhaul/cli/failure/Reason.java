package dev.longhaul.cli.failure;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a file or a server could not be used, without the names of Java's exceptions, which carry no message of their own. */
public final class Reason {
    private Reason() {}

    /** Returns a few words that can follow a colon. */
    public static String of(IOException failure) {
        return switch (failure) {
            case HttpConnectTimeoutException e -> "no connection within the time limit";
            case HttpTimeoutException e -> "no response within the time limit";
            case UnknownHostException e -> "unknown host";
            case ConnectException e when isUnresolved(e) -> "unknown host";
            case ConnectException e -> orElse(e, "connection refused");
            case SSLException e -> "TLS failed: " + orElse(e, "the connection was closed");
            case EOFException e -> "the server closed the connection";
            case NoSuchFileException e -> "no such file or folder";
            case AccessDeniedException e -> "permission denied";
            case FileSystemException e ->
                Objects.requireNonNullElse(
                        e.getReason(), e.getClass().getSimpleName().replace("Exception", ""));
            default -> orElse(failure, "the connection was broken");
        };
    }

    private static boolean isUnresolved(Throwable failure) {
        return Stream.<@Nullable Throwable>iterate(failure, Objects::nonNull, each -> each == null ? null : each.getCause())
                .anyMatch(UnresolvedAddressException.class::isInstance);
    }

    private static String orElse(IOException failure, String words) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? words : message;
    }
}
