package cloud.stasis.volume.driver.reflink;

import cloud.stasis.model.ByteCount;
import cloud.stasis.testkit.ReflinkVolume;
import cloud.stasis.volume.driver.VolumeDriver;
import cloud.stasis.volume.driver.home.DirectoryDriverContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class ReflinkDriverIT extends DirectoryDriverContract {
    private static ReflinkVolume fileSystem;

    @TempDir
    Path directory;

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
    protected Path volumes() {
        return fileSystem.mount().resolve("volumes");
    }

    @Override
    protected Path scratch() {
        return directory;
    }

    /// Blocks that files share are counted once by the file system alone, which has nothing else.
    @Override
    protected ByteCount occupied() {
        VolumeDriver.Space space = driver().space();
        return ByteCount.ofBytes(space.total().bytes() - space.free().bytes());
    }

    @Override
    protected VolumeDriver driver() {
        return new ReflinkDriver(volumes(), layers());
    }
}
