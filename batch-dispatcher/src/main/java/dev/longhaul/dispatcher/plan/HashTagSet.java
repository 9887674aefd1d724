package dev.longhaul.dispatcher.plan;

import java.util.Arrays;

/**
 * A set of 64-bit hashes that keeps four bytes of each: the slot follows from the high bits, the low 32 are stored. It
 * may take two different hashes for the same (about once in 500 million look-ups when full), never the same for
 * different: fine for finding suspects, which are decided by other means.
 */
final class HashTagSet {
    private static final int LEAST_SLOTS = 16;

    private final int[] tags;
    private final int shift;
    private final int capacity;
    private int size;

    /**
     * @param budgetBytes memory it may take
     * @param elements how many it will be asked to hold at most; it takes no more memory than these need
     */
    HashTagSet(int budgetBytes, long elements) {
        int affordable = Integer.highestOneBit(Math.max(budgetBytes / Integer.BYTES, LEAST_SLOTS));
        int slots = LEAST_SLOTS;
        while (slots < affordable && capacityOf(slots) < elements) {
            slots <<= 1;
        }
        this.tags = new int[slots];
        this.shift = Long.numberOfLeadingZeros(slots) + 1;
        this.capacity = capacityOf(slots);
    }

    /** Three quarters: beyond that the searches get long. */
    private static int capacityOf(int slots) {
        return slots / 4 * 3;
    }

    int capacity() {
        return capacity;
    }

    boolean isFull() {
        return size == capacity;
    }

    boolean contains(long hash) {
        return tags[slotOf(hash)] != 0;
    }

    /** Adds the hash; false when it was there already. Must not be called when full. */
    boolean add(long hash) {
        int slot = slotOf(hash);
        if (tags[slot] != 0) {
            return false;
        }
        tags[slot] = tagOf(hash);
        size++;
        return true;
    }

    void clear() {
        Arrays.fill(tags, 0);
        size = 0;
    }

    private int slotOf(long hash) {
        int tag = tagOf(hash);
        int slot = (int) (hash >>> shift);
        while (tags[slot] != 0 && tags[slot] != tag) {
            slot = (slot + 1) & (tags.length - 1);
        }
        return slot;
    }

    private static int tagOf(long hash) {
        int tag = (int) hash;
        return tag == 0 ? 1 : tag;
    }
}
