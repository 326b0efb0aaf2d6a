package cloud.stasis.gateway.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.ClockBasis;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.TpmModel;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.StasisException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What flavors and images say of the board of a machine, in the words that Nova has for it.
class MachinePlanTest {
    private static final Map<String, String> NOTHING = Map.of();

    @Test
    void flavorOrImageGivesATpm() {
        assertThat(spec(NOTHING, NOTHING).tpm()).isEmpty();
        assertThat(spec(Map.of("hw:tpm_version", "2.0"), NOTHING).tpm()).contains(TpmModel.TIS);
        assertThat(spec(Map.of("hw:tpm_version", "2.0", "hw:tpm_model", "tpm-crb"), NOTHING)
                        .tpm())
                .contains(TpmModel.CRB);
        assertThat(spec(NOTHING, Map.of("hw_tpm_version", "2.0", "hw_tpm_model", "tpm-crb"))
                        .tpm())
                .contains(TpmModel.CRB);
        assertThat(spec(Map.of("hw:tpm_version", "2.0"), Map.of("hw_tpm_version", "2.0", "hw_tpm_model", "tpm-crb"))
                        .tpm())
                .contains(TpmModel.CRB);
    }

    @Test
    void tpmsThatAreNotOfferedOrContradictoryAreRefused() {
        refused(Map.of("hw:tpm_version", "1.2"), NOTHING);
        refused(Map.of("hw:tpm_version", "2.0", "hw:tpm_model", "tpm-spapr"), NOTHING);
        refused(Map.of("hw:tpm_model", "tpm-crb"), NOTHING);
        refused(
                Map.of("hw:tpm_version", "2.0", "hw:tpm_model", "tpm-crb"),
                Map.of("hw_tpm_version", "2.0", "hw_tpm_model", "tpm-tis"));
    }

    @Test
    void windowsFindsItsClockInLocalTime() {
        assertThat(spec(NOTHING, Map.of("os_type", "windows")).clock()).contains(ClockBasis.LOCAL_TIME);
        assertThat(spec(NOTHING, Map.of("os_type", "linux")).clock()).isEmpty();
    }

    private static void refused(Map<String, String> flavor, Map<String, String> image) {
        assertThatThrownBy(() -> spec(flavor, image)).isInstanceOf(StasisException.class);
    }

    private static InstanceSpec spec(Map<String, String> extraSpecs, Map<String, String> properties) {
        Flavor flavor =
                new Flavor("1", "small", Optional.empty(), 1, 64, 1, 0, 0, 1, Flavor.Visibility.PUBLIC, extraSpecs);
        BootSource source = new BootSource(Optional.empty(), properties, 0, 0, Optional.empty());
        MachinePlan plan = MachinePlan.of(flavor, source);
        plan.add(ByteCount.ofGib(1), new DiskSource.Blank());
        return plan.spec("planned", new Boot.FromDisk());
    }
}
