package dev.longhaul.dispatcher.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lines whose id's hash an earlier line has too, in bounded memory, with as many passes over the file as
 * that takes. Each pass takes in lines until its set is full and looks up all that follow; what it could not take in
 * is left to further passes, each for a part of the hash space and only for the lines behind the last one taken in.
 * So a file that fits is read once, and one of n times the room about n times.
 */
final class SuspectSearch {
    /** Suspects kept, those of the earliest lines: many more than the bad lines that are ever listed. */
    static final int MAX_SUSPECTS = 1 << 14;

    /** Parts are made a little smaller than the set: hashes don't spread evenly. */
    private static final double PART_FILL = 0.95;

    private final HashTagSet set;
    private final Queue<Part> parts = new ArrayDeque<>();
    private final List<Suspect> suspects = new ArrayList<>();
    private Part part = new Part(0, 1, 0);
    private int suspectsBefore;
    private boolean cut;
    private long filledAt;
    private long leftOut;

    /** The hashes of one part of the hash space, of lines behind one. */
    private record Part(int index, int of, long afterLine) {
        boolean has(long hash) {
            return of == 1 || (((hash & 0xFFFFFFFFL) * of) >>> 32) == index;
        }
    }

    private record Suspect(long line, long hash) {}

    SuspectSearch(int budgetBytes, long maxLines) {
        this.set = new HashTagSet(budgetBytes, maxLines);
    }

    /** Takes the next line of this pass. */
    void see(long line, long hash) {
        if (line <= part.afterLine || !part.has(hash)) {
            return;
        }
        if (filledAt > 0) {
            leftOut++;
            if (set.contains(hash)) {
                suspect(line, hash);
            }
        } else if (!set.add(hash)) {
            suspect(line, hash);
        } else if (set.isFull()) {
            filledAt = line;
        }
    }

    private void suspect(long line, long hash) {
        if (suspects.size() - suspectsBefore < MAX_SUSPECTS) {
            suspects.add(new Suspect(line, hash));
        } else {
            cut = true;
        }
    }

    /** Ends a pass; true when another one is needed. */
    boolean endPass() {
        suspects.sort(Comparator.comparingLong(Suspect::line));
        if (suspects.size() > MAX_SUSPECTS) {
            suspects.subList(MAX_SUSPECTS, suspects.size()).clear();
            cut = true;
        }
        suspectsBefore = suspects.size();
        if (leftOut > 0) {
            int needed = Math.toIntExact((long) Math.ceil(leftOut / (set.capacity() * PART_FILL)));
            if (part.of == 1) {
                for (int index = 0; index < needed; index++) {
                    parts.add(new Part(index, needed, filledAt));
                }
            } else {
                parts.add(new Part(part.index, part.of, filledAt));
            }
        }
        set.clear();
        filledAt = 0;
        leftOut = 0;
        @Nullable Part following = parts.poll();
        if (following == null) {
            return false;
        }
        part = following;
        return true;
    }

    boolean hasSuspects() {
        return !suspects.isEmpty();
    }

    /** Whether there were more suspects than are kept. */
    boolean isCut() {
        return cut;
    }

    /** Tells the suspects' hashes from others; seldom another hash passes too. */
    HashTagSet suspectHashes() {
        HashTagSet hashes = new HashTagSet(Integer.MAX_VALUE, suspects.size() + 1L);
        suspects.forEach(suspect -> hashes.add(suspect.hash));
        return hashes;
    }
}
