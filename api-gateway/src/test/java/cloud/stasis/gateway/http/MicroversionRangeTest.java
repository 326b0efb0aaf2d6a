package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MicroversionRangeTest {
    private static final String HEADER = "OpenStack-API-Version";
    private static final String LEGACY = "X-OpenStack-Nova-API-Version";

    @Test
    void withoutAHeaderItIsTheMinimum() {
        assertThat(MicroversionRange.COMPUTE.negotiate(Map.<String, String>of()::get))
                .isEqualTo(new Microversion(2, 1));
    }

    @Test
    void latestIsTheMaximum() {
        assertThat(compute(Map.of(HEADER, "compute latest"))).isEqualTo(MicroversionRange.COMPUTE.maximum());
    }

    @Test
    void theNewHeaderWinsOverTheOldOne() {
        assertThat(compute(Map.of(HEADER, "compute 2.45", LEGACY, "2.60"))).isEqualTo(new Microversion(2, 45));
        assertThat(compute(Map.of(LEGACY, "2.60"))).isEqualTo(new Microversion(2, 60));
    }

    @Test
    void anotherServicesVersionIsNotOurs() {
        assertThat(compute(Map.of(HEADER, "volume 3.66"))).isEqualTo(new Microversion(2, 1));
        assertThat(MicroversionRange.VOLUME.negotiate(Map.of(HEADER, "compute 2.1, volume 3.66")::get))
                .isEqualTo(new Microversion(3, 66));
    }

    @Test
    void aVolumeHeaderMustNameVolume() {
        assertThatThrownBy(() -> MicroversionRange.VOLUME.negotiate(Map.of(HEADER, "compute 2.1")::get))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.fault().status()).isEqualTo(400));
    }

    @Test
    void malformedIsBadAndOutOfRangeIsNotAcceptable() {
        assertStatus("compute two", 400);
        assertStatus("compute 2.01", 400);
        assertStatus("compute 2.99999999999", 400);
        assertStatus("compute 2.0", 406);
        assertStatus("compute 2.999", 406);
        assertStatus("compute 3.0", 406);
    }

    private static void assertStatus(String header, int status) {
        assertThatThrownBy(() -> compute(Map.of(HEADER, header)))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.fault().status()).isEqualTo(status));
    }

    private static Microversion compute(Map<String, String> headers) {
        return MicroversionRange.COMPUTE.negotiate(headers::get);
    }
}
