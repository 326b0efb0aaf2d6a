package cloud.stasis.compute.instance;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.StateFile;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a host keeps of one snapshot. It exists as a snapshot from the moment on in which `meta.json` does.
public record SnapshotDirectory(Path path) {
    public StateFile<SnapshotRecord> meta() {
        return new StateFile<>(path.resolve("meta.json"), SnapshotRecord.class);
    }

    public Path memory() {
        return path.resolve("memory.save");
    }

    /// Memory that came from the store; whole if it is there.
    public Path fetchedMemory() {
        return path.resolve("memory.fetched");
    }

    public boolean hasMemory() {
        return Files.isRegularFile(memory());
    }

    public void make() {
        HostFiles.directory(path);
    }

    public void delete() {
        // First what makes it a snapshot.
        if (Files.isDirectory(path)) {
            meta().delete();
        }
        HostFiles.deleteTree(path);
    }
}
