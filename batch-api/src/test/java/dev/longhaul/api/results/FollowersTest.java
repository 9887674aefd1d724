package dev.longhaul.api.results;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.longhaul.store.BatchResults.Growth;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.StoreUnavailableException;
import io.quarkus.runtime.ShutdownEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a follower leaves; no bytes ever come here. */
@Timeout(20)
class FollowersTest {
    private static final Growth RUNS = new Growth("file-1", 0, false, false);
    private static final Growth ENDED = new Growth("file-1", 0, true, false);
    private static final Growth GONE = new Growth("file-1", 0, true, true);

    private final Followers followers = new Followers(nothing());

    @SuppressWarnings("NullAway") // never asked
    private static FileSegments nothing() {
        return new FileSegments(null, null);
    }

    @Test
    void shouldLeaveWhenTheBatchHasEndedThoughTheStoreWasAwayMeanwhile() {
        Deque<Supplier<Growth>> answers = new ArrayDeque<>(List.of(
                () -> RUNS,
                () -> {
                    throw new StoreUnavailableException("away", new IOException());
                },
                () -> ENDED));

        assertThatCode(() -> follow(() -> Optional.of(answers.removeFirst().get()), false))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldBreakOffWhenTheClientIsGone() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> follow(() -> Optional.of(RUNS), true))
                .withMessageContaining("client is gone");
    }

    @Test
    void shouldBreakOffWhenTheFileOrTheBatchIsDeleted() {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> follow(() -> Optional.of(GONE), false));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> follow(Optional::empty, false));
    }

    @Test
    void shouldBreakOffWhenTheProcessLeaves() {
        followers.leave(new ShutdownEvent());

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> follow(() -> Optional.of(RUNS), false))
                .withMessageContaining("leaving");
    }

    private void follow(Supplier<Optional<Growth>> ask, boolean clientIsGone) throws IOException {
        followers.follow(ask, 0, () -> clientIsGone, OutputStream.nullOutputStream());
    }
}
