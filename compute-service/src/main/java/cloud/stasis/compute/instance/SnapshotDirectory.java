package cloud.stasis.compute.instance;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.StateFile;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a host keeps of one snapshot. It exists as a snapshot from the moment on in which `meta.json` does.
///
/// @param memories the directory of the instance's memory files
public record SnapshotDirectory(Path path, Path memories) {
    public StateFile<SnapshotRecord> meta() {
        return new StateFile<>(path.resolve("meta.json"), SnapshotRecord.class);
    }

    public Path memory() {
        return memories.resolve(path.getFileName() + ".memory");
    }

    /// Memory that came from the store for a revert; whole if it is there.
    public Path fetchedMemory() {
        return memories.resolve(path.getFileName() + ".fetched");
    }

    public boolean hasMemory() {
        return Files.isRegularFile(memory());
    }

    public void make() {
        HostFiles.directory(path);
        HostFiles.directory(memories);
    }

    /// Removes memory that came from the store, and the directory if it was made for that alone.
    public void forgetFetched() {
        HostFiles.delete(fetchedMemory());
        if (Files.isDirectory(path) && meta().read().isEmpty()) {
            HostFiles.deleteTree(path);
        }
    }

    public void delete() {
        // First what makes it a snapshot.
        if (Files.isDirectory(path)) {
            meta().delete();
        }
        HostFiles.delete(memory());
        HostFiles.delete(fetchedMemory());
        HostFiles.deleteTree(path);
    }
}
