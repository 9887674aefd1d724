package dev.longhaul.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdsTest {
    @Test
    void shouldLookLikeOpenAis() {
        assertThat(Ids.newBatchId(1)).matches("batch_[0-9a-f]{32}");
        assertThat(Ids.newFileId(1)).matches("file-[0-9a-f]{32}");
        assertThat(Ids.newId("job-", 1)).matches("job-[0-9a-f]{32}");
    }

    @Test
    void shouldSortByTheTimeOfTheirMaking() {
        List<String> ids = new ArrayList<>();
        for (long millis = 1; millis < 1L << 47; millis = millis * 3 + 1) {
            ids.add(Ids.newBatchId(millis));
        }
        assertThat(ids).isSorted();
    }

    @Test
    void shouldNeverRepeatWithinAMillisecond() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            ids.add(Ids.newFileId(1_700_000_000_000L));
        }
        assertThat(ids).hasSize(100_000);
    }

    @Test
    void shouldBeUuidsOfVersionSeven() {
        String hex = Ids.newId("", 1_700_000_000_000L);
        assertThat(hex.charAt(12)).isEqualTo('7');
        assertThat("89ab").contains(hex.substring(16, 17));
    }

    @Test
    void shouldNameALinesResultTheSameHoweverOftenItRuns() {
        assertThat(Ids.resultId("batch_0f", 12)).isEqualTo("batch_req_0f_12");
        assertThat(Ids.resultIdPrefix("batch_0f") + 12).isEqualTo(Ids.resultId("batch_0f", 12));
    }
}
