package cloud.stasis.compute.lifecycle;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.instance.InstanceDirectory;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.model.InstanceId;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/// Removes an instance with all that this host has of it; attached volumes stay. Every step is repeatable and
/// they run in the order in which nothing is left without a name: a crash in between is ended by the next
/// attempt.
public final class DeleteInstance {
    private static final Logger LOG = Logger.getLogger(DeleteInstance.class);

    private final Host host;

    public DeleteInstance(Host host) {
        this.host = host;
    }

    public CommandResult handle(ComputeCommand.DeleteInstance command) {
        InstanceId id = command.instance();
        Optional<Domain> domain = host.hypervisor().domains().find(id);
        domain.ifPresent(known -> host.hypervisor().domains().powerOff(id));
        InstanceDirectory directory = host.instances().layout().instance(id);
        directory.spec().read().ifPresent(spec -> freeVolumes(directory, spec.machine()));
        host.hypervisor().domains().remove(id);
        directory.delete();
        host.streams().trim();
        host.bases().trim();
        LOG.infof("Deleted an instance instanceId=%s", id);
        return new CommandResult.Completed();
    }

    /// A volume forgets the snapshots of the instance and the records of its checkpoints; so does one that a revert
    /// has taken from it.
    private void freeVolumes(InstanceDirectory directory, Machine machine) {
        Set<Path> attached = volumes(machine);
        Set<Path> ever = new HashSet<>(attached);
        directory.snapshots().forEach(snapshot -> directory
                .snapshot(snapshot)
                .meta()
                .read()
                .ifPresent(record -> ever.addAll(volumes(record.machine()))));
        for (Path path : ever) {
            if (LayeredDisk.exists(path)) {
                LayeredDisk volume = LayeredDisk.open(path, host.instances().layers());
                directory.snapshots().stream()
                        .filter(volume.holders()::contains)
                        .forEach(volume::release);
                if (attached.contains(path)) {
                    host.hypervisor().history().wipe(volume.activeFile());
                }
            }
        }
    }

    private Set<Path> volumes(Machine machine) {
        return machine.disks().stream()
                .filter(disk -> disk.source() instanceof DiskSource.Volume)
                .map(disk -> host.instances().path(machine.instance(), disk))
                .collect(Collectors.toUnmodifiableSet());
    }
}
