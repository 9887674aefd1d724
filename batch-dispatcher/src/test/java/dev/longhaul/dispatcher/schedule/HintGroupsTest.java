package dev.longhaul.dispatcher.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.dispatcher.schedule.ScheduleStore.Released;
import dev.longhaul.model.SliceHint;
import dev.longhaul.model.SliceHints;
import dev.longhaul.model.SliceId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HintGroupsTest {
    @Test
    void smallSlicesShareRecordsInTheirOrder() {
        List<Released> released = released(150, 300);

        List<SliceHints> records = HintGroups.of(released, 1);

        assertThat(records).extracting(record -> record.hints().size()).containsExactly(64, 64, 22);
        assertThat(records.stream().flatMap(record -> record.hints().stream()))
                .containsExactlyElementsOf(released.stream().map(Released::hint).toList());
    }

    @Test
    void aRecordHoldsNoMoreBytesThanItsBoundUnlessOneSliceIsLarger() {
        assertThat(HintGroups.of(released(5, 100 * 1024), 1))
                .extracting(record -> record.hints().size())
                .containsExactly(2, 2, 1);
        assertThat(HintGroups.of(released(3, 1 << 20), 1)).hasSize(3);
    }

    @Test
    void thereIsARecordForEachDispatcher() {
        assertThat(HintGroups.of(released(16, 300), 8))
                .hasSize(8)
                .allSatisfy(record -> assertThat(record.hints()).hasSize(2));
        assertThat(HintGroups.of(released(3, 300), 8)).hasSize(3);
        assertThat(HintGroups.of(List.of(), 8)).isEmpty();
    }

    private static List<Released> released(int slices, int bytes) {
        return IntStream.range(0, slices)
                .mapToObj(seq -> new Released(new SliceHint(new SliceId("batch_a", seq), 1), bytes))
                .toList();
    }
}
