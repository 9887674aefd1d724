package dev.longhaul.cli.failure;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReasonTest {
    static Stream<Arguments> failures() {
        ConnectException unresolved = new ConnectException();
        unresolved.initCause(new UnresolvedAddressException());
        return Stream.of(
                Arguments.of(new ConnectException(), "connection refused"),
                Arguments.of(new ConnectException("Network is unreachable"), "Network is unreachable"),
                Arguments.of(unresolved, "unknown host"),
                Arguments.of(new UnknownHostException("nobody"), "unknown host"),
                Arguments.of(new HttpConnectTimeoutException("x"), "no connection within the time limit"),
                Arguments.of(new HttpTimeoutException("x"), "no response within the time limit"),
                Arguments.of(new SSLException("bad record"), "TLS failed: bad record"),
                Arguments.of(new EOFException(), "the server closed the connection"),
                Arguments.of(new NoSuchFileException("/a"), "no such file or folder"),
                Arguments.of(new AccessDeniedException("/a"), "permission denied"),
                Arguments.of(new FileSystemException("/a", null, "No space left on device"), "No space left on device"),
                Arguments.of(new IOException(), "the connection was broken"),
                Arguments.of(new IOException("Broken pipe"), "Broken pipe"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldSayItInWords(IOException failure, String words) {
        assertThat(Reason.of(failure)).isEqualTo(words);
    }
}
