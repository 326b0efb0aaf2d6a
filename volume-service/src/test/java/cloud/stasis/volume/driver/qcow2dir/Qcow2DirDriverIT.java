package cloud.stasis.volume.driver.qcow2dir;

import cloud.stasis.volume.driver.VolumeDriver;
import cloud.stasis.volume.driver.home.DirectoryDriverContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class Qcow2DirDriverIT extends DirectoryDriverContract {
    @TempDir
    Path directory;

    @Override
    protected Path volumes() {
        return directory.resolve("volumes");
    }

    @Override
    protected Path scratch() {
        return directory;
    }

    @Override
    protected VolumeDriver driver() {
        return new Qcow2DirDriver(volumes(), layers());
    }
}
