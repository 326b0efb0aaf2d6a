package cloud.stasis.compute.hypervisor;

import cloud.stasis.disks.LayerFiles;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.Cpu;
import java.util.Optional;

/// One host's hypervisor.
public interface Hypervisor extends AutoCloseable {
    /// What it is, as `QEMU 7.2.22, libvirt 9.0.0`.
    String version();

    /// What new machines are built on.
    Machine.Board board();

    HostCapacity capacity();

    /// What machines see of its CPU if nothing else is said, as far as the hypervisor knows by name; empty if it does
    /// not.
    Optional<Cpu> cpu();

    /// Machines and whether they run.
    Domains domains();

    /// Talking to the guest's agent.
    Guests guests();

    /// Points in the history of disks, and reading disks at one of them.
    DiskHistory history();

    /// Memory to a file and back.
    Memories memories();

    /// Disks that a machine has open.
    LiveLayers liveLayers();

    /// Disks that a machine is given while it is on.
    LiveDisks liveDisks();

    /// Network interfaces and media that it is given while it is on.
    LiveDevices liveDevices();

    /// Instants of machines that are on, many times a second.
    LiveInstants liveInstants();

    /// How its disks are kept.
    LayerFiles layers();

    @Override
    void close();
}
