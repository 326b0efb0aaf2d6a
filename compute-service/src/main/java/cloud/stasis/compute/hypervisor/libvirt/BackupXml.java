package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.hypervisor.DiskHistory.ExportRequest;
import cloud.stasis.compute.hypervisor.DiskHistory.ExportedDisk;
import cloud.stasis.model.DeviceName;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;

/// The XML of checkpoints, pull backups and snapshots.
final class BackupXml {
    private BackupXml() {}

    /// @param all the disks of the domain; those that are not marked are said to be left out
    static String checkpoint(CheckpointName name, Set<DeviceName> marked, Collection<DeviceName> all) {
        return Xml.write("domaincheckpoint", checkpoint -> {
            checkpoint.add("name").text(name.value());
            checkpoint.add(
                    "disks",
                    disks -> all.forEach(disk -> disks.add("disk")
                            .with("name", disk)
                            .with("checkpoint", marked.contains(disk) ? "bitmap" : "no")));
        });
    }

    static String pull(ExportRequest request, Path socket, Collection<DeviceName> all) {
        return Xml.write("domainbackup", backup -> {
            backup.with("mode", "pull");
            backup.add("server").with("transport", "unix").with("socket", socket);
            backup.add("disks", disks -> {
                for (DeviceName target : all) {
                    Xml disk = disks.add("disk").with("name", target);
                    request.disks().stream()
                            .filter(exported -> exported.target().equals(target))
                            .findFirst()
                            .ifPresentOrElse(
                                    exported -> exported(disk, exported, request.scratch()),
                                    () -> disk.with("backup", "no"));
                }
            });
        });
    }

    private static void exported(Xml disk, ExportedDisk exported, Path scratch) {
        disk.with("backup", "yes").with("type", "file");
        exported.since()
                .ifPresentOrElse(
                        since -> disk.with("backupmode", "incremental").with("incremental", since),
                        () -> disk.with("backupmode", "full"));
        disk.add("scratch").with("file", scratch.resolve(exported.target() + ".scratch"));
    }

    /// Where the copy of a disk goes: a qcow2 file that exists.
    static String copy(Path file) {
        return Xml.write("disk", disk -> {
            disk.with("type", "file");
            disk.add("source").with("file", file);
            disk.add("driver").with("name", "qemu").with("type", "qcow2");
        });
    }

    /// An external snapshot of memory and all disks onto layers that exist.
    static String cut(Path memory, java.util.Map<DeviceName, Path> layers) {
        return Xml.write("domainsnapshot", snapshot -> {
            snapshot.add("memory").with("snapshot", "external").with("file", memory);
            disks(snapshot, layers);
        });
    }

    /// The same without the memory.
    static String cutDisks(java.util.Map<DeviceName, Path> layers) {
        return Xml.write("domainsnapshot", snapshot -> disks(snapshot, layers));
    }

    private static void disks(Xml snapshot, java.util.Map<DeviceName, Path> layers) {
        snapshot.add(
                "disks",
                disks -> layers.forEach((target, layer) -> disks.add("disk", disk -> {
                    disk.with("name", target).with("snapshot", "external").with("type", "file");
                    disk.add("source").with("file", layer);
                    disk.add("driver").with("type", "qcow2");
                })));
    }
}
