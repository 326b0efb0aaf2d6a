package cloud.stasis.compute.instance;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.StateFile;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The files of one instance.
///
/// @param memory where its memory files are, and its RAM
/// @param tpm where its TPM keeps its state, if it has one
public record InstanceDirectory(Path path, Path memory, Path tpm) {
    public boolean exists() {
        return Files.isDirectory(path);
    }

    public StateFile<InstanceRecord> spec() {
        return new StateFile<>(path.resolve("spec.json"), InstanceRecord.class);
    }

    public StateFile<Lineage> lineage() {
        return new StateFile<>(path.resolve("lineage.json"), Lineage.class);
    }

    public StateFile<IntentRecord> intent() {
        return new StateFile<>(path.resolve("intent.json"), IntentRecord.class);
    }

    public StateFile<ResizeRecord> resize() {
        return new StateFile<>(path.resolve("resize.json"), ResizeRecord.class);
    }

    public Path disk(DeviceName target) {
        return path.resolve(target.value());
    }

    /// The variables of its firmware, if that has some. QEMU writes it as the guest changes them.
    public Path nvram() {
        return nvram(path);
    }

    /// @param directory of an instance
    public static Path nvram(Path directory) {
        return directory.resolve("nvram.fd");
    }

    /// What its TPM keeps, as swtpm names it.
    public Path tpmState() {
        return tpm2().resolve("tpm2-00.permall");
    }

    private Path tpm2() {
        return tpm.resolve("tpm2");
    }

    /// Where that file is to be, readable to nobody else.
    public void makeTpm() {
        HostFiles.directory(tpm);
        HostFiles.closedDirectory(tpm2());
    }

    public Path console() {
        return path.resolve("console.log");
    }

    /// The memory of a suspended instance; whole if it is there.
    public Path suspended() {
        return memory.resolve("suspended.save");
    }

    /// The same file while it is being written, and again while it is being read: the instance is suspended
    /// only while [#suspended] is there.
    public Path suspending() {
        return memory.resolve("suspended.save.part");
    }

    public Path resuming() {
        return memory.resolve("suspended.save.used");
    }

    /// The memory that a clone goes on from; it has not run yet while this is there.
    public Path born() {
        return memory.resolve("born.memory");
    }

    /// The RAM of the running machine, on hosts that keep it in a file.
    public Path ram() {
        return memory.resolve("ram");
    }

    public SnapshotDirectory snapshot(SnapshotId snapshot) {
        return new SnapshotDirectory(path.resolve("snapshots").resolve(snapshot.toString()), memory);
    }

    public List<SnapshotId> snapshots() {
        List<SnapshotId> found = new ArrayList<>();
        for (Path directory : HostLayout.list(path.resolve("snapshots"))) {
            try {
                found.add(SnapshotId.parse(directory.getFileName().toString()));
            } catch (StasisException e) {
                // Not one of ours.
            }
        }
        return found;
    }

    public void make() {
        HostFiles.directory(path);
        HostFiles.directory(path.resolve("snapshots"));
        HostFiles.directory(memory);
    }

    /// Every file goes.
    public void delete() {
        HostFiles.deleteTree(memory);
        HostFiles.deleteTree(tpm);
        HostFiles.deleteTree(path);
    }
}
