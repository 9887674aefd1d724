package dev.longhaul.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The schema repeats the statuses in its constraints; they must be the enum's. */
class SchemaStatusesTest {
    private static final String MIGRATIONS = "shared-store/src/main/resources/db/migration/";
    private static final String SCHEMA = Repository.read(MIGRATIONS + "V1__spine.sql");

    private static final String BATCH = SCHEMA.substring(SCHEMA.indexOf("create table batch ("));

    @Test
    void shouldAllowTheStatusesOfTheEnumAndNoOther() {
        assertThat(listAfter(BATCH, "check (status in ("))
                .containsExactlyInAnyOrderElementsOf(wireNames(Arrays.stream(BatchStatus.values())));
    }

    @Test
    void shouldAllowTheStopReasonsOfTheEnumAndNoOther() {
        assertThat(listAfter(Repository.read(MIGRATIONS + "V3__control.sql"), "check (stop_reason in ("))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(StopReason.values())
                        .map(StopReason::wireName)
                        .toList());
    }

    @Test
    void shouldTieEveryTerminalStatusToItsTimestamp() {
        Arrays.stream(BatchStatus.values())
                .filter(BatchStatus::isTerminal)
                .forEach(status -> assertThat(BATCH)
                        .contains("check ((status = '%s') = (%s is not null))"
                                .formatted(status.wireName(), status.timestampColumn())));
    }

    @Test
    void shouldHaveAColumnForEveryTimestamp() {
        for (BatchStatus status : BatchStatus.values()) {
            assertThat(BATCH).containsPattern("\n  " + status.timestampColumn() + " timestamptz");
        }
    }

    @Test
    void shouldIndexTheOpenBatchesByExactlyTheStatusesThatAreNotTerminal() {
        String open = "where status in (";
        assertThat(BATCH).contains(open);
        Matcher matcher = Pattern.compile(Pattern.quote(open) + "([^)]*)\\)").matcher(BATCH);
        while (matcher.find()) {
            assertThat(names(matcher.group(1)))
                    .containsExactlyInAnyOrderElementsOf(
                            wireNames(Arrays.stream(BatchStatus.values()).filter(status -> !status.isTerminal())));
        }
    }

    private static List<String> wireNames(Stream<BatchStatus> statuses) {
        return statuses.map(BatchStatus::wireName).toList();
    }

    private static List<String> listAfter(String schema, String start) {
        int from = schema.indexOf(start) + start.length();
        assertThat(schema).contains(start);
        return names(schema.substring(from, schema.indexOf(')', from)));
    }

    private static List<String> names(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(name -> name.strip().replace("'", ""))
                .toList();
    }
}
