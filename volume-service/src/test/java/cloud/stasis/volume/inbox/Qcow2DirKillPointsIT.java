package cloud.stasis.volume.inbox;

import cloud.stasis.disks.LayerFiles;
import cloud.stasis.volume.driver.VolumeDriver;
import cloud.stasis.volume.driver.qcow2dir.Qcow2DirDriver;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class Qcow2DirKillPointsIT extends VolumeKillPoints {
    @TempDir
    Path directory;

    @Override
    Path backend() {
        return directory;
    }

    @Override
    VolumeDriver driver(Path volumes, LayerFiles layers) {
        return new Qcow2DirDriver(volumes, layers);
    }
}
