package dev.longhaul.dispatcher.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of 64-bit hashes that keeps four bytes of each: the slot follows from the high 32 bits, the low 32 are stored.
 * It may take two different hashes for the same (about once in 40 million look-ups when it is full), never the same for
 * different: fine for finding suspects, which are decided by other means.
 *
 * <p>It takes memory as it fills. Since the stored bits don't tell the slot in a larger table, a full table is left as
 * it is and one half as large as all before it is put beside it.
 */
final class HashTagSet {
    private static final int LEAST_SLOTS = 16;
    private static final int FIRST_SLOTS = 1 << 17;

    private final int mostSlots;
    private final List<Table> tables = new ArrayList<>();
    private int slots;
    /** Elements that the last table has room for. */
    private int room;

    /**
     * @param budgetBytes memory it may take
     * @param elements how many it will be asked to hold at most; it takes no more memory than these need
     */
    HashTagSet(int budgetBytes, long elements) {
        long needed = (elements / 3 + 1) * 4;
        this.mostSlots = (int) Math.max(LEAST_SLOTS, Math.min(budgetBytes / Integer.BYTES / 4 * 4, needed));
        grow(FIRST_SLOTS);
    }

    /** Three quarters: beyond that the searches get long. */
    private static int capacityOf(int slots) {
        return slots / 4 * 3;
    }

    /** How many it can hold when it has taken all the memory it may. */
    int capacity() {
        return capacityOf(mostSlots);
    }

    /** The memory taken so far. */
    long bytes() {
        return (long) slots * Integer.BYTES;
    }

    boolean isFull() {
        return room == 0 && slots == mostSlots;
    }

    boolean contains(long hash) {
        for (int i = 0; i < tables.size(); i++) {
            if (tables.get(i).contains(hash)) {
                return true;
            }
        }
        return false;
    }

    /** Adds the hash; false when it was there already. Must not be called when full. */
    boolean add(long hash) {
        if (contains(hash)) {
            return false;
        }
        if (room == 0) {
            grow(slots / 2);
        }
        tables.getLast().add(hash);
        room--;
        return true;
    }

    /** Empties it and gives the memory back, all but a little. */
    void clear() {
        tables.clear();
        slots = 0;
        grow(FIRST_SLOTS);
    }

    private void grow(int wanted) {
        // Always a multiple of 4, so that each table keeps an empty slot, where searches end.
        int more = Math.min(wanted / 4 * 4, mostSlots - slots);
        tables.add(new Table(more));
        slots += more;
        room = capacityOf(more);
    }

    /** Open addressing; a slot that holds 0 is empty. */
    private static final class Table {
        private final int[] tags;

        Table(int slots) {
            this.tags = new int[slots];
        }

        boolean contains(long hash) {
            return tags[slotOf(hash)] != 0;
        }

        void add(long hash) {
            tags[slotOf(hash)] = tagOf(hash);
        }

        private int slotOf(long hash) {
            int tag = tagOf(hash);
            int slot = (int) ((hash >>> 32) * tags.length >>> 32);
            while (tags[slot] != 0 && tags[slot] != tag) {
                slot = slot + 1 == tags.length ? 0 : slot + 1;
            }
            return slot;
        }

        private static int tagOf(long hash) {
            int tag = (int) hash;
            return tag == 0 ? 1 : tag;
        }
    }
}
