package dev.longhaul.dispatcher.schedule;

import dev.longhaul.model.SliceHint;
import dev.longhaul.model.SliceHints;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts hints together into records: whoever polls a record claims all of it. So a record holds no more bytes of slices than a single
 * slice may have, and there are at least as many records as dispatchers, if there are as many slices. Pure.
 */
final class HintGroups {
    static final int MAX_SLICES = 64;
    static final int MAX_BYTES = 256 * 1024;

    private HintGroups() {}

    /** Groups hints in their order. */
    static List<SliceHints> of(List<ScheduleStore.Released> released, int dispatchers) {
        int atMost = Math.clamp(Math.ceilDiv(released.size(), Math.max(1, dispatchers)), 1, MAX_SLICES);
        List<SliceHints> records = new ArrayList<>();
        List<SliceHint> open = new ArrayList<>();
        long openBytes = 0;
        for (ScheduleStore.Released slice : released) {
            if (!open.isEmpty() && (open.size() == atMost || openBytes + slice.bytes() > MAX_BYTES)) {
                records.add(new SliceHints(open));
                open.clear();
                openBytes = 0;
            }
            open.add(slice.hint());
            openBytes += slice.bytes();
        }
        if (!open.isEmpty()) {
            records.add(new SliceHints(open));
        }
        return records;
    }
}
