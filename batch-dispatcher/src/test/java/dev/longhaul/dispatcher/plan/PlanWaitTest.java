package dev.longhaul.dispatcher.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PlanWaitTest {
    @ParameterizedTest
    @CsvSource({
        "MODELS, 0, 1",
        "MODELS, 10, 5",
        "MODELS, 86400, 15",
        "INPUT, 300, 30",
        "STORE, 300, 5",
        "ERROR, 1000, 60"
    })
    void waitsLongerTheLongerItHasWaited(PlanWait reason, double waited, double delay) {
        assertThat(reason.delaySeconds(waited)).isEqualTo(delay);
    }

    @ParameterizedTest
    @EnumSource
    void keepsItsNameInPostgresql(PlanWait reason) {
        assertThat(PlanWait.ofWireName(reason.wireName())).isEqualTo(reason);
    }

    @Test
    void theLanesBoundsAreThoseOfTheIndex() {
        assertThat(PlanLane.SQL)
                .isEqualTo("(case when input_bytes <= 65536 and retry_file_id is null then 0"
                        + " when input_bytes < 4194304 then 1 when input_bytes < 67108864 then 2 else 3 end)");
    }
}
