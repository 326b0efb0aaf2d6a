package cloud.stasis.compute.lifecycle;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.RamImage;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceDirectory;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.instance.SnapshotDirectory;
import cloud.stasis.compute.power.PowerOn;
import cloud.stasis.compute.store.CommandTransfer;
import cloud.stasis.compute.store.DeviceArchives;
import cloud.stasis.disks.FileStamp;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Part;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Makes a new instance out of a snapshot of another one. Its devices are those of the archive, in their places; its
/// disks stand on contents of the store, so that nothing ties it to the instance that it comes from.
///
/// With memory it goes on mid-instruction. The memory is a second name of the file that the host keeps for the
/// snapshot, or comes from the store; its blocks are shared either way. That name goes just before the first
/// instruction: while it is there nothing has run and all of it may be done again, once it is gone the instance has a
/// life of its own.
public final class CloneInstance {
    private static final Logger LOG = Logger.getLogger(CloneInstance.class);

    private final Host host;
    private final PowerOn powerOn;
    private final NewInstances newInstances;

    public CloneInstance(Host host, PowerOn powerOn) {
        this.host = host;
        this.powerOn = powerOn;
        this.newInstances = new NewInstances(host);
    }

    public CommandResult handle(ComputeCommand.CloneInstance command, CommandContext context) {
        Optional<Instance> existing = host.instances().find(command.instance());
        if (existing.isEmpty()) {
            create(command, context);
        } else if (!Host.isActive(host.state(existing.get()))) {
            again(existing.get(), command);
        }
        return new CommandResult.Observed(host.state(host.instances().open(command.instance())));
    }

    private void create(ComputeCommand.CloneInstance command, CommandContext context) {
        ContentStore store = host.stores().open(command.grant());
        Machine saved = DeviceArchives.read(command.parts(), store);
        Machine machine = saved.clonedAs(command.instance(), command.spec(), command.identity());
        if (command.memory() == MemoryChoice.WITH_MEMORY) {
            machine.requireInterfacesOf(saved);
        }
        newInstances.make(
                new InstanceRecord(command.spec(), machine), command.grant(), context, new NewInstances.Birth() {
                    @Override
                    public void prepare(InstanceDirectory directory, CommandTransfer transfer) {
                        if (command.memory() == MemoryChoice.WITH_MEMORY) {
                            bring(command, directory.born(), store, transfer);
                        }
                    }

                    @Override
                    public void start(Instance instance) {
                        CloneInstance.this.start(instance, command);
                    }
                });
        LOG.infof(
                "Cloned an instance instanceId=%s sourceId=%s snapshotId=%s memory=%s",
                command.instance(), command.source(), command.snapshot(), command.memory());
    }

    private void start(Instance instance, ComputeCommand.CloneInstance command) {
        switch (command.memory()) {
            case WITH_MEMORY -> goOn(instance, command);
            case DISKS_ONLY -> powerOn.boot(instance, command.resume());
        }
    }

    private void goOn(Instance instance, ComputeCommand.CloneInstance command) {
        Path memory = instance.directory().born();
        host.requireRoomForRam(instance.machine());
        powerOn.resume(instance, memory, command.resume(), () -> HostFiles.delete(memory));
    }

    /// It exists and is off. If it was to go on and has, it was powered off since, and stays so.
    private void again(Instance instance, ComputeCommand.CloneInstance command) {
        if (command.memory() == MemoryChoice.DISKS_ONLY
                || Files.exists(instance.directory().born())) {
            start(instance, command);
        }
    }

    private void bring(
            ComputeCommand.CloneInstance command, Path memory, ContentStore store, CommandTransfer transfer) {
        if (!Files.exists(memory) && !share(command, memory)) {
            Content content = command.parts().stream()
                    .filter(Part.Memory.class::isInstance)
                    .map(Part::content)
                    .findFirst()
                    .orElseThrow(() -> new StasisException(
                            ErrorCode.WRONG_STATE, "the snapshot has no memory: clone its disks only"));
            host.memorySpace().require(content.size());
            store.download(content, memory, transfer.next());
        }
        if (!RamImage.isOne(memory)) {
            HostFiles.delete(memory);
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "the memory of the snapshot is in a form that resumes as the same machine only: clone its disks");
        }
    }

    /// The other instance may lose its snapshot at any moment; a file with two names does not go with one.
    private boolean share(ComputeCommand.CloneInstance command, Path memory) {
        SnapshotDirectory kept =
                host.instances().layout().instance(command.source()).snapshot(command.snapshot());
        try {
            if (kept.meta().read().isEmpty()) {
                return false;
            }
            Files.createLink(memory, kept.memory());
            boolean isIntact =
                    kept.meta().read().flatMap(record -> record.memory()).equals(FileStamp.of(memory));
            if (!isIntact) {
                HostFiles.delete(memory);
            }
            return isIntact;
        } catch (IOException e) {
            return false;
        }
    }
}
