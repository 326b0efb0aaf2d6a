package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.fleet.Load;
import cloud.stasis.gateway.fleet.Placement;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.HostId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.Receipt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What can still be made of a snapshot, where, and if not why. Pure: computed from what hosts last told, so it costs
/// nothing and a tenant may ask on the first day. A host checks once more before it touches anything.
///
/// @param revert of the snapshot's own server, where that is
/// @param clones a new server on each host
public record Verdict(OnHost revert, List<OnHost> clones) {
    public Verdict {
        clones = List.copyOf(clones);
    }

    public enum Outcome {
        /// It goes on mid-instruction.
        WITH_MEMORY,
        /// It boots from the disks of the instant.
        DISKS_ONLY,
        NONE
    }

    /// @param host empty if the server is nowhere
    /// @param reasons why it is not more, and what will be different; empty if nothing is
    public record OnHost(Optional<HostId> host, Outcome outcome, List<String> reasons) {
        public OnHost {
            reasons = List.copyOf(reasons);
        }
    }

    /// Goes through the reasons for one host, the hard ones first.
    static final class Examination {
        private final List<String> against = new ArrayList<>();
        private final List<String> againstMemory = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        /// @param why empty if nothing is wrong
        Examination unless(Optional<String> why) {
            why.ifPresent(against::add);
            return this;
        }

        Examination memoryUnless(Optional<String> why) {
            why.ifPresent(againstMemory::add);
            return this;
        }

        /// What will be different, and is in the way of nothing.
        Examination noting(List<String> differences) {
            notes.addAll(differences);
            return this;
        }

        OnHost on(Optional<HostId> host) {
            if (!against.isEmpty()) {
                return new OnHost(host, Outcome.NONE, against);
            }
            List<String> reasons = new ArrayList<>(againstMemory);
            reasons.addAll(notes);
            return new OnHost(host, againstMemory.isEmpty() ? Outcome.WITH_MEMORY : Outcome.DISKS_ONLY, reasons);
        }
    }

    /// Why the snapshot itself is of no use now.
    static Optional<String> ofSnapshot(Snapshot snapshot) {
        return snapshot.state() instanceof SnapshotState.Creating
                        || snapshot.state() instanceof SnapshotState.Deleting
                        || snapshot.sealed().isEmpty()
                ? Optional.of("The snapshot is " + snapshot.state().status() + ".")
                : Optional.empty();
    }

    /// Why the machine could not be started as it was: it is known by what it was started from.
    static Optional<String> ofKernel(Snapshot snapshot) {
        return snapshot.sealed()
                .map(Snapshot.SealedBundle::manifest)
                .filter(_ -> snapshot.spec().boot() instanceof Boot.FromDisk)
                .flatMap(SnapshotDescription::kernel)
                .map(image -> "The kernel that its server was started from, image " + image
                        + ", is not here: upload it, and import the archive with a property kernel_id that names it.");
    }

    static Optional<String> ofLife(Host host, Instant now) {
        return host.isAlive(now)
                ? Optional.empty()
                : Optional.of("The host has not been heard of since " + host.lastSeen() + ".");
    }

    static Optional<String> ofService(Host host) {
        return host.service().takesServers()
                ? Optional.empty()
                : Optional.of("The host takes no new servers"
                        + host.service().reason().map(reason -> ": " + reason).orElse("."));
    }

    static Optional<String> ofRoom(Host host, Load load, Load need, ByteCount disks) {
        if (!Placement.fits(host, load, need)) {
            return Optional.of("The host has no room for " + need.vcpus() + " vCPUs and "
                    + need.memory().mibRoundedUp() + " MiB of memory.");
        }
        return host.diskFree().compareTo(disks) < 0
                ? Optional.of("The host has " + host.diskFree().mibRoundedUp()
                        + " MiB of disk free, the disks may take " + disks.mibRoundedUp() + " MiB.")
                : Optional.empty();
    }

    /// Memory that was never taken.
    static Optional<String> ofMemory(Snapshot snapshot) {
        return snapshot.hasMemory()
                ? Optional.empty()
                : Optional.of("The snapshot was taken without memory, or of a server that was off.");
    }

    /// Memory in libvirt's form names the machine that it is of.
    static Optional<String> ofForm(Snapshot snapshot) {
        return memories(snapshot).stream().anyMatch(memory -> memory.format() == Part.MemoryFormat.LIBVIRT_SAVE)
                ? Optional.of("The memory was saved in libvirt's form, which goes on as the same server only.")
                : Optional.empty();
    }

    private static List<Part.Memory> memories(Snapshot snapshot) {
        return snapshot.sealed().stream()
                .flatMap(bundle -> bundle.manifest().parts().stream())
                .filter(Part.Memory.class::isInstance)
                .map(Part.Memory.class::cast)
                .toList();
    }

    /// Whether the host carries guests out as the one did where the snapshot was taken.
    ///
    /// @param own whether it is that host
    static Optional<String> ofPlatform(Snapshot snapshot, Host host, boolean own) {
        Optional<String> then = snapshot.sealed()
                .map(Snapshot.SealedBundle::manifest)
                .flatMap(Manifest::receipt)
                .map(Receipt::hypervisor);
        if (then.isEmpty()) {
            return Optional.of("The snapshot does not tell what it was taken with.");
        }
        List<String> words = List.of(then.get().split(", "));
        String emulator = host.hypervisor().split(", ")[0];
        if (!words.getFirst().equals(emulator)) {
            return Optional.of("The memory was taken with " + words.getFirst() + ", the host has " + emulator
                    + ": the states of devices are kept for the same version only.");
        }
        String virtType = words.getLast().toLowerCase(Locale.ROOT);
        boolean tells = words.size() > 1;
        if (tells && !virtType.equals(host.virtType())) {
            return Optional.of("The guest ran by " + virtType + ", the host runs guests by " + host.virtType() + ".");
        }
        return host.virtType().equals("kvm") && !own ? ofCpu(snapshot, host) : Optional.empty();
    }

    private static Optional<String> ofCpu(Snapshot snapshot, Host host) {
        Optional<Cpu> seen = snapshot.sealed()
                .map(Snapshot.SealedBundle::manifest)
                .flatMap(Manifest::receipt)
                .flatMap(Receipt::cpu);
        if (seen.isEmpty() || host.cpu().isEmpty()) {
            return Optional.of(
                    "It is not known what the " + (seen.isEmpty() ? "guest saw of its CPU" : "host's CPU has")
                            + ": the memory goes on where it was taken.");
        }
        List<String> missing = seen.get().missingOn(host.cpu().get());
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("The guest's CPU was " + seen.get().model() + ", the host's is "
                        + host.cpu().get().model() + " and lacks " + String.join(", ", missing) + ".");
    }
}
