package dev.longhaul.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ServiceMainTest {
    private static final int CLASS_FILES_OF_JAVA_17 = 61;

    @Test
    void shouldSayInOneLineWhatIsNeededAndWhatIsThere() {
        assertThat(ServiceMain.refusal(17, "/opt/java-17"))
                .hasValue("longhaul: Java 25 or newer is needed, and this is Java 17 from /opt/java-17");
        assertThat(ServiceMain.refusal(24, "/x")).isPresent();
    }

    @Test
    void shouldStartOnTheJavaThatIsNeededAndOnNewerOnes() {
        assertThat(ServiceMain.refusal(25, "/x")).isEmpty();
        assertThat(ServiceMain.refusal(26, "/x")).isEmpty();
    }

    @Test
    void shouldBeLoadedByOlderJvms() throws IOException {
        try (var in = ServiceMain.class.getResourceAsStream("ServiceMain.class")) {
            assertThat(in).isNotNull();
            var header = new DataInputStream(in);
            assertThat(header.readInt()).isEqualTo(0xCAFEBABE);
            header.readUnsignedShort();
            assertThat(header.readUnsignedShort()).isEqualTo(CLASS_FILES_OF_JAVA_17);
        }
    }
}
