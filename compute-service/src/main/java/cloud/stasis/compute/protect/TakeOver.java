package cloud.stasis.compute.protect;

import cloud.stasis.compute.devices.Nics;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.RamImage;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceDirectory;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.power.PowerOn;
import cloud.stasis.compute.protect.Standby.Takeable;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.StateFile;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Makes a standby the instance: its last complete epoch goes on here, mid-instruction.
///
/// ```
///  nothing is received any more
///  the raw disks of the replica get second names as the ground of disks of the instance, its RAM as a memory file
///  spec.json      from here on the instance exists here
///  power on with the memory; the memory goes just before the first instruction
///  the standby is forgotten, and the first names go
/// ```
///
/// Every step is repeatable. As with a clone, nothing has run while the memory file is there; once it is gone the
/// instance has a life of its own and is never put back.
final class TakeOver {
    private static final Logger LOG = Logger.getLogger(TakeOver.class);

    private static final String GROUND = "standby.raw";

    private final Host host;
    private final PowerOn powerOn;
    private final Standbys standbys;

    TakeOver(Host host, PowerOn powerOn, Standbys standbys) {
        this.host = host;
        this.powerOn = powerOn;
        this.standbys = standbys;
    }

    CommandResult handle(ComputeCommand.TakeOver command) {
        InstanceDirectory directory = host.instances().layout().instance(command.instance());
        Optional<Standby> known = standbys.find(command.protection())
                .filter(found -> found.record().instance().equals(command.instance()));
        if (known.isEmpty()) {
            return before(command, directory);
        }
        Takeable takeable = known.get().take();
        if (directory.spec().read().isEmpty()) {
            make(takeable, command.spec(), directory);
        }
        Instance instance = host.instances().open(command.instance());
        if (Files.exists(directory.born()) && !Host.isActive(host.state(instance))) {
            host.requireRoomForRam(instance.machine());
            powerOn.resume(instance, directory.born(), command.resume(), () -> HostFiles.delete(directory.born()));
        }
        done(directory).write(new Done(command.protection(), takeable.epoch(), takeable.at()));
        LOG.infof(
                "A standby has taken over instanceId=%s epoch=%d of=%s",
                command.instance(), takeable.epoch(), takeable.at());
        return new CommandResult.TookOver(takeable.epoch(), takeable.at(), host.state(instance));
    }

    /// `taken-over.json`: what the instance came from.
    record Done(ProtectionId protection, long epoch, Instant at) {}

    private static StateFile<Done> done(InstanceDirectory directory) {
        return new StateFile<>(directory.path().resolve("taken-over.json"), Done.class);
    }

    /// It was asked for before, and the standby is forgotten.
    private CommandResult before(ComputeCommand.TakeOver command, InstanceDirectory directory) {
        Done done = done(directory)
                .read()
                .filter(known -> known.protection().equals(command.protection()))
                .orElseThrow(
                        () -> new StasisException(ErrorCode.PROTECTION_NOT_FOUND, "this host keeps no such standby"));
        return new CommandResult.TookOver(
                done.epoch(), done.at(), host.state(host.instances().open(command.instance())));
    }

    private void make(Takeable takeable, InstanceSpec spec, InstanceDirectory directory) {
        Machine machine = machine(takeable.machine(), spec);
        directory.make();
        for (Machine.Disk disk : machine.disks()) {
            ground(
                    takeable.replica().disk(disk.target()),
                    disk,
                    host.instances().path(machine.instance(), disk));
        }
        memory(takeable.replica(), machine, directory.born());
        directory.spec().write(Instance.settled(directory, new InstanceRecord(spec, machine)));
    }

    /// What came over the network says where devices are and what they keep; what they are is what its owner has.
    private Machine machine(Machine said, InstanceSpec spec) {
        Machine machine = said.on(spec);
        machine.requireInterfacesOf(said);
        boolean isTheSame = machine.vcpus() == spec.vcpus()
                && machine.memory().equals(spec.memory())
                && machine.disks().size() == spec.disks().size()
                && spec.disks().stream().allMatch(asked -> machine.disks().stream()
                        .anyMatch(disk -> disk.target().equals(asked.target())
                                && disk.size().equals(asked.size())));
        if (!isTheSame) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "the standby is of another machine than its owner has");
        }
        Nics.requireReach(host, machine);
        List<Content> needed = new ArrayList<>(machine.media());
        if (machine.boot() instanceof Boot.FromKernel kernel) {
            needed.add(kernel.kernel());
            kernel.ramdisk().ifPresent(needed::add);
        }
        if (!needed.stream().allMatch(host.bases()::has)) {
            throw new StasisException(
                    ErrorCode.STANDBY_NOT_COMPLETE, "a kernel or medium of the instance is not on the standby");
        }
        return machine;
    }

    private void ground(Path raw, Machine.Disk disk, Path home) {
        if (LayeredDisk.exists(home)) {
            return;
        }
        HostFiles.directory(home);
        Path ground = home.resolve(GROUND);
        try {
            if (Files.exists(raw)) {
                if (Files.size(raw) != disk.size().bytes()) {
                    throw new StasisException(
                            ErrorCode.MALFORMED_OBJECT, "a disk of the standby has another size than its machine says");
                }
                HostFiles.link(raw, ground);
            }
        } catch (IOException e) {
            throw HostFiles.failure("give a disk of the standby to the instance", e);
        }
        HostFiles.readOnly(ground);
        LayeredDisk.createOverFile(home, host.instances().layers(), disk.size(), ground);
    }

    private static void memory(Replica replica, Machine machine, Path born) {
        if (Files.exists(born)) {
            return;
        }
        try {
            if (Files.size(replica.ram()) != machine.memory().bytes() && !RamImage.isOne(replica.ram())) {
                throw new StasisException(
                        ErrorCode.MALFORMED_OBJECT, "the memory of the standby has another size than its machine says");
            }
            RamImage.finish(replica.ram(), machine.memory(), ByteBuffer.wrap(Files.readAllBytes(replica.state())));
            HostFiles.link(replica.ram(), born);
        } catch (IOException e) {
            throw HostFiles.failure("give the memory of the standby to the instance", e);
        }
    }
}
