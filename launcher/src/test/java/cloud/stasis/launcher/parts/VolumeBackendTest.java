package cloud.stasis.launcher.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeBackendTest {
    @TempDir
    Path directory;

    @Test
    void oneOfLayersUnlessSaidOtherwise() {
        assertThat(of(Map.of()))
                .containsExactly(new VolumeBackend("qcow2dir", "local", "stasis", directory.resolve("volumes")));
    }

    @Test
    void theSecondIsCalledAsItsDriver() {
        assertThat(of(Map.of("STASIS_VOLUME_BACKENDS", "qcow2dir, reflink")))
                .containsExactly(
                        new VolumeBackend("qcow2dir", "local", "stasis", directory.resolve("volumes")),
                        new VolumeBackend(
                                "reflink", "reflink", "reflink", directory.resolve("compute/memory/volumes")));
    }

    @Test
    void theFormerNameOfTheSettingChoosesTheOnlyOne() {
        assertThat(of(Map.of("STASIS_VOLUME_DRIVER", "reflink")))
                .extracting(VolumeBackend::driver)
                .containsExactly("reflink");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lvm", "qcow2dir,qcow2dir", "qcow2dir,reflink,lvm", ","})
    void nothingElseIsUnderstood(String text) {
        assertThatThrownBy(() -> of(Map.of("STASIS_VOLUME_BACKENDS", text)))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("STASIS_VOLUME_BACKENDS");
    }

    private List<VolumeBackend> of(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("STASIS_HOME", directory.toString());
        return VolumeBackend.of(Settings.of(all));
    }
}
