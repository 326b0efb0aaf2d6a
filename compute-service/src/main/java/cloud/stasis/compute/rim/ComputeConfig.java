package cloud.stasis.compute.rim;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the agent must be told.
@ConfigMapping(prefix = "stasis")
interface ComputeConfig {
    /// The name of this host; commands for it arrive on `stasis.command.compute.<name>`. By default what the
    /// system calls it.
    String hostId();

    /// Where instances and cached contents lie: room for the disks of all guests, on a local file system.
    @WithDefault("/var/lib/stasis/compute")
    Path computeDir();

    /// Where the volumes of the backends lie that this host reaches, one directory of each.
    @WithDefault("/var/lib/stasis/volumes")
    List<Path> volumeDir();

    /// Where memory files lie, and the RAM of guests if files of this directory can share blocks (XFS, btrfs):
    /// then a snapshot with memory pauses a guest for a fraction of a second, whatever its RAM. Best a file
    /// system of its own. By default `memory` in `compute-dir`.
    Optional<Path> memoryDir();

    /// `libvirt`, or `simulated` for a host whose guests are objects in this process.
    @WithDefault("libvirt")
    HypervisorKind hypervisor();

    @WithDefault("qemu:///system")
    URI libvirtUri();

    /// `kvm`, `qemu`, or `auto`: kvm where the CPU's flags and a probe say that it works.
    @WithDefault("auto")
    String virtType();

    /// Under which the gateway reaches this agent for reads.
    @WithDefault("http://127.0.0.1:5802")
    URI computeUrl();

    /// base64url of 32 bytes, the same for all services of a site.
    String capabilityKey();

    /// How often this host says that it lives.
    @WithDefault("2s")
    Duration heartbeatInterval();

    /// What cached contents may occupy; those that disks stand on count, but are never dropped.
    @WithDefault("64G")
    MemorySize baseCacheLimit();

    /// Images larger than this are not fetched before a server boots from them: it
    /// runs at once, on blocks that are fetched as it reads them, and its disk leaves
    /// the network when all have come. `0` for all images; more than any image has
    /// for none.
    @WithDefault("4G")
    MemorySize streamAbove();

    /// What captures and fetches leave free on the disk of `compute-dir`, for guests to grow into.
    @WithDefault("1G")
    MemorySize diskReserve();

    /// How long a guest's file systems may stay frozen before it is thawed whatever happens.
    @WithDefault("9s")
    Duration freezeDeadline();

    /// How long a guest may stay paused for its memory to be saved, besides a second for each 64 MiB of it.
    @WithDefault("10s")
    Duration pauseDeadline();

    /// How long a guest may take to power off before the plug is pulled.
    @WithDefault("20s")
    Duration shutdownDeadline();

    /// How many layers a disk may stand on each other before the host parts with its copy of the oldest
    /// snapshots; the store keeps them.
    @WithDefault("8")
    int layerDepth();

    /// The networks that machines of this host can be plugged into, each as `name:id:cidr:bridge`; the same for all
    /// services of a site but for the bridge, which is this host's. None by default.
    Optional<List<String>> networks();

    /// How the disks of running machines are read: `bitmap`, by the hypervisor's record of what is written; `copy`,
    /// by a copy of what a disk writes to, as for hypervisors that keep no record; or `auto`, as this one is able
    /// to.
    @WithDefault("auto")
    CaptureChoice captureStrategy();

    /// How guests keep their RAM: `auto`, in files where those of `memory-dir` can share blocks, else as `shared`;
    /// `shared`, in memory that this agent can read: nothing is written back, and snapshots pause a guest for as
    /// long as its RAM takes to be read; or `private`, as the hypervisor likes, so that libvirt saves it in the
    /// pause.
    @WithDefault("auto")
    GuestMemory guestMemory();

    /// For an agent in a container: the program that moves what is named behind it out of the container and becomes it,
    /// since a container is killed with everything in it, and the watchdogs of guests must not be.
    Optional<Path> outlive();

    enum GuestMemory {
        AUTO,
        SHARED,
        PRIVATE
    }

    enum CaptureChoice {
        AUTO,
        BITMAP,
        COPY
    }

    enum HypervisorKind {
        LIBVIRT,
        SIMULATED
    }
}
