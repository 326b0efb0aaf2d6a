package cloud.stasis.compute.instance;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.model.VolumeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostLayoutTest {
    @TempDir
    Path directory;

    @Test
    void aVolumeIsWhereItsBackendHasIt() throws Exception {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        HostLayout layout = new HostLayout(
                directory.resolve("c"), List.of(first, second), directory.resolve("m"), directory.resolve("t"));
        layout.prepare();
        VolumeId here = VolumeId.random();
        VolumeId there = VolumeId.random();
        Files.createDirectory(first.resolve(here.toString()));
        Files.createDirectory(second.resolve(there.toString()));

        assertThat(layout.volume(here)).isEqualTo(first.resolve(here.toString()));
        assertThat(layout.volume(there)).isEqualTo(second.resolve(there.toString()));
        assertThat(layout.volume(VolumeId.random()).getParent()).isEqualTo(first);
    }
}
