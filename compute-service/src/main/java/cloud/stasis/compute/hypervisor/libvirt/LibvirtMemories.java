package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.Memories;
import cloud.stasis.compute.hypervisor.RamFile;
import cloud.stasis.compute.hypervisor.RamImage;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.machine.Machine;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.compute.machine.Platform;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.libvirt.Domain;
import org.libvirt.Domain.SnapshotCreateFlags;
import org.libvirt.LibvirtException;

/// Two kinds of memory files, told apart by how the machine was started:
///
/// ```
///  RAM in a file    RamImage: the blocks of the file, shared, and the state of the devices
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
    private final boolean canShare;

    /// @param canShare whether files of the directory for memory can share blocks
    LibvirtMemories(
            LibvirtConnection libvirt, LibvirtDomains domains, DomainXml xml, DeviceStates states, boolean canShare) {
        this.libvirt = libvirt;
        this.domains = domains;
        this.xml = xml;
        this.states = states;
        this.canShare = canShare;
    }

    @Override
    public boolean canShare() {
        return canShare;
    }

    @Override
    public void prepareCut(InstanceId instance) {
        libvirt.ask("look at the instance", instance, LibvirtMemories::ram).ifPresent(RamFile::flush);
    }

    @Override
    public void save(InstanceId instance, Path memory) {
        libvirt.change("save the memory", instance, domain -> {
            Optional<RamFile> ram = ram(domain);
            if (ram.isPresent()) {
                saveImage(domain, instance, ram.get(), memory);
            } else if (LibvirtCalls.INSTANCE.virDomainSaveFlags(
                            LibvirtCalls.handle(domain), memory.toString(), null, NO_FLAGS)
                    == LibvirtCalls.FAILED) {
                throw LibvirtConnection.lastFailure("save the memory");
            }
        });
    }

    /// The file is whole before the machine is off, so a machine that is off has one.
    private void saveImage(Domain domain, InstanceId instance, RamFile ram, Path memory) throws LibvirtException {
        ram.flush();
        boolean runs = domains.isRunning(domain);
        if (runs) {
            domain.suspend();
        }
        try {
            image(domain, instance, ram, memory);
        } catch (StasisException | LibvirtException e) {
            if (runs) {
                domain.resume();
            }
            throw e;
        }
        domain.destroy();
        HostFiles.delete(ram.file());
    }

    private void image(Domain domain, InstanceId instance, RamFile ram, Path memory) throws LibvirtException {
        // The RAM as libvirt was told, which is what the file was made with.
        ByteCount size = ByteCount.ofKib(domain.getMaxMemory());
        RamImage.write(memory, ram.file(), size, states.save(domain, instance));
    }

    @Override
    public void cut(InstanceId instance, Path memory, Map<DeviceName, Path> layers) {
        libvirt.change("save memory and disks at one instant", instance, domain -> {
            Optional<RamFile> ram = ram(domain);
            if (ram.isEmpty()) {
                domain.snapshotCreateXML(BackupXml.cut(memory, layers), ONTO_LAYERS)
                        .free();
                return;
            }
            // The disks last: when they have gone on, all of it has happened.
            try {
                image(domain, instance, ram.get(), memory);
                domain.snapshotCreateXML(BackupXml.cutDisks(layers), ONTO_LAYERS | SnapshotCreateFlags.DISK_ONLY)
                        .free();
            } catch (StasisException | LibvirtException e) {
                HostFiles.delete(memory);
                throw e;
            }
        });
    }

    private static Optional<RamFile> ram(Domain domain) throws LibvirtException {
        return DomainXml.ram(Xml.parse(domain.getXMLDesc(0)));
    }

    /// Defined first: a restored domain that was not known before would vanish when it is powered off.
    @Override
    public void restorePaused(Machine machine, MachineFiles files, Path memory) {
        domains.define(machine, files);
        if (RamImage.isOne(memory)) {
            restoreImage(machine, files, RamImage.open(memory));
            return;
        }
        int restored = LibvirtCalls.INSTANCE.virDomainRestoreFlags(
                libvirt.handle(), memory.toString(), xml.write(withGenerationOf(memory, machine), files), SAVE_PAUSED);
        if (restored == LibvirtCalls.FAILED) {
            throw LibvirtConnection.lastFailure("restore the memory");
        }
    }

    /// libvirt insists on the generation that the memory was saved with, and then gives another one itself.
    private Machine withGenerationOf(Path memory, Machine machine) {
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
        return machine.with(board.get().withGeneration(DomainXml.generation(saved)).withCpu(Optional.empty()));
    }

    private void restoreImage(Machine machine, MachineFiles files, RamImage image) {
        InstanceId instance = machine.instance();
        if (!image.ram().equals(machine.memory())) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "the memory of the snapshot has another size than its machine");
        }
        Path ram = files.ram()
                .orElseThrow(() ->
                        new StasisException(ErrorCode.INTERNAL, "there is no place for the RAM of a memory image"));
        image.copyRam(ram);
        HostLayout.giveToQemu(ram);
        try {
            domains.startPaused(instance);
            libvirt.change("restore the memory", instance, domain -> states.load(domain, instance, image.readState()));
        } catch (StasisException e) {
            domains.powerOff(instance);
            throw e;
        }
    }
}
