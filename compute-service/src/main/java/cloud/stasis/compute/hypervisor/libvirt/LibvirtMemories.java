package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.Memories;
import cloud.stasis.compute.hypervisor.RamCopy;
import cloud.stasis.compute.hypervisor.RamFile;
import cloud.stasis.compute.hypervisor.RamImage;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.compute.machine.Ram;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.Reflink;
import cloud.stasis.machine.Machine;
import cloud.stasis.machine.Platform;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.libvirt.Domain;
import org.libvirt.Domain.SnapshotCreateFlags;
import org.libvirt.LibvirtException;

/// Two kinds of memory files, told apart by how the machine was started:
///
/// ```
///  RAM in a file    RamImage: the blocks of the file, shared, and the state of the devices
///  RAM in memory    RamImage: a copy that was caught up with the RAM, and the state of the devices
///  otherwise        libvirt's save image: a header, an XML of its own, and QEMU's migration stream
/// ```
///
/// The XML inside a save image is never used: a restore always gets the XML that we write for it. The one
/// inside names the layers that were active before the cut, and starting with that would write into what is
/// frozen.
final class LibvirtMemories implements Memories {
    private static final int SAVE_PAUSED = 4;
    private static final int NO_FLAGS = 0;
    private static final int ONTO_LAYERS =
            SnapshotCreateFlags.ATOMIC | SnapshotCreateFlags.NO_METADATA | SnapshotCreateFlags.REUSE_EXT;

    private final LibvirtConnection libvirt;
    private final LibvirtDomains domains;
    private final DomainXml xml;
    private final DeviceStates states;
    private final Keeping keeping;
    private final Map<InstanceId, RamCopy> copies = new ConcurrentHashMap<>();

    /// @param keeping how machines keep their RAM
    LibvirtMemories(
            LibvirtConnection libvirt, LibvirtDomains domains, DomainXml xml, DeviceStates states, Keeping keeping) {
        this.libvirt = libvirt;
        this.domains = domains;
        this.xml = xml;
        this.states = states;
        this.keeping = keeping;
    }

    @Override
    public Keeping keeping() {
        return keeping;
    }

    @Override
    public void prepareCut(InstanceId instance, Path memory) {
        ByteCount size = libvirt.ask("look at the instance", instance, LibvirtMemories::size);
        switch (libvirt.ask("look at the instance", instance, LibvirtMemories::ram)
                .orElse(null)) {
            case Ram.InFile in -> new RamFile(in.file()).flush();
            case Ram.InMemory _ -> copy(instance, memory, size);
            case null -> {}
        }
    }

    private void copy(InstanceId instance, Path memory, ByteCount size) {
        endCut(instance);
        RamCopy copy = RamCopy.begin(SharedMemory.of(DomainXml.name(instance), size), memory, size);
        copies.put(instance, copy);
        copy.approach();
    }

    @Override
    public void endCut(InstanceId instance) {
        Optional.ofNullable(copies.remove(instance)).ifPresent(RamCopy::close);
    }

    @Override
    public void save(InstanceId instance, Path memory, Pause pause) {
        libvirt.change("save the memory", instance, domain -> {
            Optional<Ram> ram = ram(domain);
            if (ram.isPresent()) {
                saveImage(domain, instance, ram.get(), memory, pause);
            } else if (LibvirtCalls.INSTANCE.virDomainSaveFlags(
                            LibvirtCalls.handle(domain), memory.toString(), null, NO_FLAGS)
                    == LibvirtCalls.FAILED) {
                throw LibvirtConnection.lastFailure("save the memory");
            }
        });
    }

    /// The file is whole before the machine is off, so a machine that is off has one.
    private void saveImage(Domain domain, InstanceId instance, Ram ram, Path memory, Pause pause)
            throws LibvirtException {
        if (ram instanceof Ram.InFile(Path file)) {
            new RamFile(file).flush();
        }
        boolean runs = domains.isRunning(domain);
        if (runs) {
            pause.begins();
            domain.suspend();
        }
        image(domain, instance, ram, memory);
        if (runs) {
            pause.ends();
        }
        domain.destroy();
        if (ram instanceof Ram.InFile(Path file)) {
            HostFiles.delete(file);
        }
    }

    private Way image(Domain domain, InstanceId instance, Ram ram, Path memory) throws LibvirtException {
        ByteCount size = size(domain);
        ByteBuffer state = states.save(domain, instance);
        return switch (ram) {
            case Ram.InFile in -> {
                Reflink.Way copied = Reflink.copy(in.file(), memory, size);
                RamImage.finish(memory, size, state);
                yield switch (copied) {
                    case SHARED -> Way.SHARED;
                    case COPIED -> Way.COPIED;
                };
            }
            case Ram.InMemory _ -> {
                if (!copies.containsKey(instance)) {
                    copies.put(instance, RamCopy.begin(SharedMemory.of(DomainXml.name(instance), size), memory, size));
                }
                try {
                    Objects.requireNonNull(copies.get(instance)).catchUp();
                } finally {
                    endCut(instance);
                }
                RamImage.finish(memory, size, state);
                yield Way.COMPARED;
            }
        };
    }

    /// The RAM as libvirt was told, which is what the file was made with.
    private static ByteCount size(Domain domain) throws LibvirtException {
        return ByteCount.ofKib(domain.getMaxMemory());
    }

    @Override
    public Way cut(InstanceId instance, Path memory, Map<DeviceName, Path> layers) {
        return libvirt.ask("save memory and disks at one instant", instance, domain -> {
            Optional<Ram> ram = ram(domain);
            if (ram.isEmpty()) {
                domain.snapshotCreateXML(BackupXml.cut(memory, layers), ONTO_LAYERS)
                        .free();
                return Way.SAVED;
            }
            // The disks last: when they have gone on, all of it has happened.
            try {
                Way way = image(domain, instance, ram.get(), memory);
                domain.snapshotCreateXML(BackupXml.cutDisks(layers), ONTO_LAYERS | SnapshotCreateFlags.DISK_ONLY)
                        .free();
                return way;
            } catch (StasisException | LibvirtException e) {
                HostFiles.delete(memory);
                throw e;
            }
        });
    }

    private static Optional<Ram> ram(Domain domain) throws LibvirtException {
        return DomainXml.ram(Xml.parse(domain.getXMLDesc(0)));
    }

    /// A restored domain that was not defined before would vanish when it is powered off.
    @Override
    public void restorePaused(Machine machine, MachineFiles files, Path memory) {
        if (RamImage.isOne(memory)) {
            restoreImage(machine, files, RamImage.open(memory));
            return;
        }
        int restored = LibvirtCalls.INSTANCE.virDomainRestoreFlags(
                libvirt.handle(), memory.toString(), xml.write(asSavedIn(memory, machine), files), SAVE_PAUSED);
        if (restored == LibvirtCalls.FAILED) {
            throw LibvirtConnection.lastFailure("restore the memory");
        }
    }

    /// libvirt insists on the generation that the memory was saved with, and then gives another one itself.
    /// Of the CPU it has kept a record of its own.
    private Machine asSavedIn(Path memory, Machine machine) {
        Optional<Platform> board = machine.platform();
        if (board.isEmpty()) {
            return machine;
        }
        Pointer text =
                LibvirtCalls.INSTANCE.virDomainSaveImageGetXMLDesc(libvirt.handle(), memory.toString(), NO_FLAGS);
        if (text == null) {
            throw LibvirtConnection.lastFailure("look at the memory");
        }
        Xml saved = Xml.parse(LibvirtCalls.take(text));
        return machine.with(
                board.get().withGeneration(DomainXml.generation(saved)).withCpu(Optional.empty()));
    }

    private void restoreImage(Machine machine, MachineFiles files, RamImage image) {
        InstanceId instance = machine.instance();
        if (!image.ram().equals(machine.memory())) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "the memory of the snapshot has another size than its machine");
        }
        Ram ram = files.ram()
                .orElseThrow(() ->
                        new StasisException(ErrorCode.INTERNAL, "there is no place for the RAM of a memory image"));
        if (ram instanceof Ram.InFile(Path file)) {
            image.copyRam(file);
            HostLayout.giveToQemu(file);
        }
        try {
            domains.startPaused(instance);
            if (ram instanceof Ram.InMemory) {
                image.fill(SharedMemory.of(DomainXml.name(instance), image.ram()));
            }
            libvirt.change("restore the memory", instance, domain -> states.load(domain, instance, image.readState()));
        } catch (StasisException e) {
            domains.powerOff(instance);
            throw e;
        }
    }
}
