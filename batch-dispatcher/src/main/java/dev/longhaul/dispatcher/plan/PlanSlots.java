package dev.longhaul.dispatcher.plan;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The free slots of each lane, and whose turn it is there. Any thread. */
final class PlanSlots {
    private final Map<PlanLane, Integer> free = new EnumMap<>(PlanLane.class);
    private final Map<PlanLane, String> turns = new EnumMap<>(PlanLane.class);

    PlanSlots() {
        for (PlanLane lane : PlanLane.values()) {
            free.put(lane, lane.slots());
            turns.put(lane, "");
        }
    }

    /** The lanes in which a plan may start. */
    synchronized List<PlanClaims.Room> room() {
        List<PlanClaims.Room> rooms = new ArrayList<>();
        free.forEach((lane, slots) -> {
            if (slots > 0) {
                rooms.add(new PlanClaims.Room(lane, slots, turns.getOrDefault(lane, "")));
            }
        });
        return rooms;
    }

    /**
     * Takes a slot for each of these.
     *
     * @return whether more may be waiting for slots that came free meanwhile
     */
    synchronized boolean take(List<PlanClaims.Room> rooms, List<PlanStore.Claimed> claimed) {
        turns.putAll(PlanClaims.turns(rooms, claimed));
        claimed.forEach(plan -> free.merge(plan.lane(), -1, Integer::sum));
        return rooms.stream().anyMatch(room -> {
            long taken =
                    claimed.stream().filter(plan -> plan.lane() == room.lane()).count();
            return taken == room.slots() && free.getOrDefault(room.lane(), 0) > 0;
        });
    }

    /** Gives a slot back; true when the lane was full, so that more may be waiting for it. */
    synchronized boolean giveBack(PlanLane lane) {
        return free.merge(lane, 1, Integer::sum) == 1;
    }
}
