package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1000", "3600, 3600000", "1.5, 1500", "' 7 ', 7000"})
    void readsSeconds(String value, long millis) {
        assertThat(RetryAfter.millis(value, null)).isEqualTo(millis);
    }

    @Test
    void millisecondsComeBeforeSeconds() {
        assertThat(RetryAfter.millis("60", "250")).isEqualTo(250);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "NaN"})
    void oneThatCannotBeReadDoesNotHideTheOther(String nonsense) {
        assertThat(RetryAfter.millis("60", nonsense)).isEqualTo(60_000);
        assertThat(RetryAfter.millis(nonsense, "250")).isEqualTo(250);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3601", "999999999", "Tue, 31 Dec 2199 23:59:59 GMT"})
    void nobodyIsWaitedForLongerThanAnHour(String value) {
        assertThat(RetryAfter.millis(value, null)).isEqualTo(3_600_000);
        assertThat(RetryAfter.millis(null, "999999999")).isEqualTo(3_600_000);
    }

    @Test
    void readsADate() {
        ZonedDateTime soon = ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(1);
        assertThat(RetryAfter.millis(DateTimeFormatter.RFC_1123_DATE_TIME.format(soon), null))
                .isBetween(50_000L, 60_000L);
    }

    @Test
    void aDateThatIsPastAsksForNoWait() {
        assertThat(RetryAfter.millis("Wed, 21 Oct 2015 07:28:00 GMT", null)).isZero();
    }

    @Test
    void noHeaderSaysNothing() {
        assertThat(RetryAfter.millis(null, null)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "NaN", "Infinity", "1e30", "1,5", "Wed, 99 Oct 2015 07:28:00 GMT"})
    void nonsenseSaysNothing(String value) {
        assertThat(RetryAfter.millis(value, null)).isEqualTo(-1);
        assertThat(RetryAfter.millis(null, value)).isEqualTo(-1);
    }
}
