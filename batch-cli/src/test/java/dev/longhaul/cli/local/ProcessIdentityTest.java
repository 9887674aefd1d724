package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessIdentityTest {
    private final ProcessIdentity self =
            ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();

    @Test
    void shouldKnowARunningProcess() {
        assertThat(self.isAlive()).isTrue();
    }

    @Test
    void shouldNotTakeAnotherProcessWithTheSameNumberForIt() {
        assertThat(new ProcessIdentity(self.pid(), self.startedAt() - 60_000).isAlive())
                .isFalse();
    }

    @Test
    void shouldForgiveACorrectionOfTheClockByASecond() {
        assertThat(new ProcessIdentity(self.pid(), self.startedAt() - 1_000).isAlive())
                .isTrue();
    }

    @Test
    void shouldKnowThatANumberIsNobodys() {
        assertThat(ProcessIdentity.of(Integer.MAX_VALUE)).isEmpty();
    }
}
