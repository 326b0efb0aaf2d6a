package cloud.stasis.compute;

import java.nio.file.Path;

/// The same with guests whose RAM is in files.
class FastSnapshotRevertTest extends SnapshotRevertTest {
    @Override
    SimulatedHost host(Path directory) {
        return SimulatedHost.withRamInFiles(directory);
    }

    @Override
    String strategy() {
        return "memory-fast";
    }
}
