package dev.longhaul.dispatcher.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanSlotsTest {
    private final PlanSlots slots = new PlanSlots();

    @Test
    void aFullLaneHasNoRoomAndTheOthersDo() {
        slots.take(slots.room(), plans(PlanLane.SMALL, PlanLane.SMALL.slots()));

        assertThat(slots.room())
                .extracting(PlanClaims.Room::lane)
                .containsExactly(PlanLane.INLINE, PlanLane.MEDIUM, PlanLane.LARGE);
        assertThat(slots.giveBack(PlanLane.SMALL)).isTrue();
        assertThat(slots.giveBack(PlanLane.SMALL)).isFalse();
    }

    @Test
    void whatCameFreeDuringAClaimThatFilledItsLaneIsUsedAtOnce() {
        int all = PlanLane.INLINE.slots();
        slots.take(slots.room(), plans(PlanLane.INLINE, all));
        slots.giveBack(PlanLane.INLINE);
        List<PlanClaims.Room> oneFree = slots.room();
        slots.giveBack(PlanLane.INLINE);

        assertThat(slots.take(oneFree, plans(PlanLane.INLINE, 1))).isTrue();
    }

    @Test
    void aClaimThatFoundLessThanThereWasRoomForNeedsNoOther() {
        assertThat(slots.take(slots.room(), plans(PlanLane.INLINE, 1))).isFalse();
        assertThat(slots.take(slots.room(), List.of())).isFalse();
    }

    private static List<PlanStore.Claimed> plans(PlanLane lane, int count) {
        return Collections.nCopies(
                count,
                new PlanStore.Claimed(
                        "b",
                        1,
                        new PlanStore.Input("f", 1L, null),
                        PlanTester.CHAT,
                        false,
                        0,
                        PlanStore.Bounds.NONE,
                        null,
                        null,
                        lane,
                        "t1"));
    }
}
