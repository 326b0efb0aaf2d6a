package cloud.stasis.volume.inbox;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerFiles;
import cloud.stasis.disks.QcowLayers;
import cloud.stasis.testkit.ReflinkVolume;
import cloud.stasis.volume.driver.VolumeDriver;
import cloud.stasis.volume.driver.reflink.ReflinkDriver;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ReflinkKillPointsIT extends VolumeKillPoints {
    private static ReflinkVolume fileSystem;

    private final Path directory =
            HostFiles.directory(fileSystem.mount().resolve(UUID.randomUUID().toString()));

    @BeforeAll
    static void mount() {
        fileSystem = ReflinkVolume.make();
    }

    @AfterAll
    static void unmount() {
        if (fileSystem != null) {
            fileSystem.close();
        }
    }

    @Override
    Path backend() {
        return directory;
    }

    /// It changes files twice as often, and what it does with layers the other driver does too.
    @Override
    int stride() {
        return 2;
    }

    @Override
    VolumeDriver driver(Path volumes, LayerFiles layers) {
        return new ReflinkDriver(volumes, new QcowLayers(sockets));
    }
}
