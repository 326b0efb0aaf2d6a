package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.Cpu;
import cloud.stasis.model.Cpu.Feature;
import cloud.stasis.model.Cpu.Presence;
import cloud.stasis.model.StasisException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CpuTest {
    private static final Cpu HOST = cpu("EPYC", "+erms", "+umip", "-vme", "-sha-ni");

    @Test
    void guestGoesOnWhereThereIsAllThatItSaw() {
        assertThat(HOST.missingOn(HOST)).isEmpty();
        assertThat(cpu("EPYC", "+erms", "-vme", "-sha-ni", "-svm").missingOn(HOST))
                .isEmpty();
    }

    @Test
    void whatItSawAndTheHostHasNotIsNamed() {
        assertThat(cpu("EPYC", "+pku", "+erms", "-sha-ni").missingOn(HOST)).containsExactly("pku", "vme");
        assertThat(cpu("EPYC").missingOn(HOST)).containsExactly("sha-ni", "vme");
    }

    @Test
    void ofAnotherModelNothingIsKnown() {
        assertThat(cpu("EPYC-Rome", "-vme", "-sha-ni").missingOn(HOST)).containsExactly("EPYC-Rome");
    }

    @Test
    void namesAreNamesAndEachStandsOnce() {
        assertThatThrownBy(() -> cpu("EPYC'/><evil", "+erms")).isInstanceOf(StasisException.class);
        assertThatThrownBy(() -> cpu("EPYC", "+erms", "-erms")).isInstanceOf(StasisException.class);
        assertThatThrownBy(() -> new Feature("<a>", Presence.THERE)).isInstanceOf(StasisException.class);
    }

    private static Cpu cpu(String model, String... features) {
        return new Cpu(
                model,
                Arrays.stream(features)
                        .map(feature -> new Feature(
                                feature.substring(1), feature.startsWith("+") ? Presence.THERE : Presence.NOT_THERE))
                        .toList());
    }
}
