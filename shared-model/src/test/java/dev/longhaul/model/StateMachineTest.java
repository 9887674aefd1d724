package dev.longhaul.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StateMachineTest {
    private static final String PAGE = "docs/state-machine.md";

    @Test
    void shouldMatchItsPageInTheDocs() throws IOException {
        String rewrite = System.getProperty("longhaul.rewrite-docs");
        if (rewrite != null && !rewrite.equals("false")) {
            Path page = Repository.file(PAGE);
            Files.createDirectories(page.getParent());
            Files.writeString(page, StateMachinePage.render());
        }
        assertThat(Repository.read(PAGE))
                .as("docs/state-machine.md is out of date: run this test with -Dlonghaul.rewrite-docs")
                .isEqualTo(StateMachinePage.render());
    }

    @Test
    void shouldReachEveryStatusFromValidating() {
        Set<BatchStatus> reached = EnumSet.of(BatchStatus.VALIDATING);
        boolean grew = true;
        while (grew) {
            grew = false;
            for (Transition transition : Transition.values()) {
                if (transition.from().stream().anyMatch(reached::contains)) {
                    grew |= reached.add(transition.to());
                }
            }
        }
        assertThat(reached).containsExactlyInAnyOrder(BatchStatus.values());
    }

    @Test
    void shouldLeaveNoTerminalStatusAndEveryOther() {
        assertThat(Arrays.stream(BatchStatus.values()).filter(BatchStatus::isTerminal))
                .containsExactlyInAnyOrder(
                        BatchStatus.FAILED, BatchStatus.COMPLETED, BatchStatus.EXPIRED, BatchStatus.CANCELLED);
        for (BatchStatus status : BatchStatus.values()) {
            assertThat(Transition.from(status).isEmpty()).as(status.wireName()).isEqualTo(status.isTerminal());
        }
    }

    @Test
    void shouldNeverComeBackToAStatus() {
        for (Transition transition : Transition.values()) {
            assertThat(transition.to()).as(transition.name()).isNotEqualTo(BatchStatus.VALIDATING);
            assertThat(after(transition.to())).as(transition.name()).doesNotContainAnyElementsOf(transition.from());
        }
    }

    @Test
    void shouldHaveOneTransitionForAPairOfStatuses() {
        List<String> pairs = new ArrayList<>();
        for (Transition transition : Transition.values()) {
            assertThat(transition.from()).as(transition.name()).isNotEmpty();
            transition.from().forEach(from -> pairs.add(from + " to " + transition.to()));
        }
        assertThat(pairs).doesNotHaveDuplicates();
    }

    @Test
    void shouldOnlyBeCancelledWhileItIsOpen() {
        assertThat(Transition.CANCEL.fromWireNames()).containsExactly("in_progress", "validating");
    }

    @ParameterizedTest
    @EnumSource(BatchStatus.class)
    void shouldFindAStatusByItsWireName(BatchStatus status) {
        assertThat(BatchStatus.ofWireName(status.wireName())).isEqualTo(status);
    }

    @Test
    void shouldSpellStatusesAsOpenAiDoes() {
        assertThat(Arrays.stream(BatchStatus.values()).map(BatchStatus::wireName))
                .containsExactlyInAnyOrder(
                        "validating",
                        "failed",
                        "in_progress",
                        "finalizing",
                        "completed",
                        "expired",
                        "cancelling",
                        "cancelled");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchStatus.ofWireName("canceled"))
                .withMessageContaining("status")
                .withMessageContaining("canceled");
    }

    /** Every status that a batch of that status may still come to. */
    private static Set<BatchStatus> after(BatchStatus status) {
        Set<BatchStatus> later = EnumSet.noneOf(BatchStatus.class);
        for (Transition transition : Transition.from(status)) {
            later.add(transition.to());
            later.addAll(after(transition.to()));
        }
        return later;
    }
}
