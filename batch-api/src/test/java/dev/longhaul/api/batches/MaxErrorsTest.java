package dev.longhaul.api.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.JsonFields;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaxErrorsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "10 | 10",
                "\"10\" | 10",
                "0.05 | 5%",
                "0.0 | 0%",
                "0.001 | 0.1%",
                "5e-2 | 5%",
                "\"5%\" | 5%",
                "\"100%\" | 100%",
                "\"2.50 %\" | 2.5%",
                "\".5\" | 50%"
            })
    void shouldTakeANumberOrAShare(String written, String kept) {
        assertThat(read(written)).isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-1", "1.0", "1.5", "\"101%\"", "\"-5%\"", "\"many\"", "\"\"", "\"%\"", "1e400", "99999999999999"
            })
    void shouldRefuseWhatIsNeither(String written) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> read(written))
                .withMessageContaining("max_errors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "true", "{}"})
    void shouldRefuseOtherTypes(String written) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> read(written))
                .withMessageStartingWith("Invalid type for 'max_errors': expected a number or a string");
    }

    private static String read(String written) {
        return String.valueOf(MaxErrors.read(
                JsonFields.parse(("{\"max_errors\":" + written + "}").getBytes(StandardCharsets.UTF_8))));
    }
}
