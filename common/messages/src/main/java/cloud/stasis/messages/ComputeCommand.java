package cloud.stasis.messages;

import cloud.stasis.model.CommandId;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.Part;
import cloud.stasis.model.PortId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.ProtectionSettings;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// What a host's agent is asked to do with one instance.
public sealed interface ComputeCommand extends Command {
    InstanceId instance();

    @Override
    default String key() {
        return instance().toString();
    }

    /// Makes the disks, defines the domain and starts it. Answered by [CommandResult.Observed].
    ///
    /// @param kept a device archive of this machine, whose firmware begins with what it kept
    record BootInstance(InstanceId instance, InstanceSpec spec, Optional<Content> kept, StoreGrant grant)
            implements ComputeCommand {
        /// Of a machine that begins anew.
        public BootInstance(InstanceId instance, InstanceSpec spec, StoreGrant grant) {
            this(instance, spec, Optional.empty(), grant);
        }
    }

    /// Makes a new instance out of a snapshot of another one, with its devices in their places, and starts it or
    /// lets it go on mid-instruction. Its disks stand on the contents that the snapshot's disks have, so it does
    /// not depend on the snapshot. Answered by [CommandResult.Observed].
    ///
    /// @param spec of the new instance; its disks stand over the contents of the snapshot's disks
    /// @param source whose snapshot it is
    /// @param parts of the snapshot's manifest
    /// @param memory whether to go on mid-instruction, which takes a memory of the format `RAM_IMAGE`
    record CloneInstance(
            InstanceId instance,
            InstanceSpec spec,
            InstanceId source,
            SnapshotId snapshot,
            List<Part> parts,
            MemoryChoice memory,
            ResumeState resume,
            Identity identity,
            StoreGrant grant)
            implements ComputeCommand {
        public CloneInstance {
            parts = List.copyOf(parts);
        }
    }

    /// Answered by [CommandResult.Observed] once the new state is reached.
    record ChangePower(InstanceId instance, PowerAction action) implements ComputeCommand {}

    /// Stops the instance and removes its domain, its own disks and all local files of its snapshots; attached
    /// volumes stay. Succeeds if there is nothing left to remove. Answered by [CommandResult.Completed].
    record DeleteInstance(InstanceId instance) implements ComputeCommand {}

    /// Captures all disks of one instant, or those named, and uploads them. The vCPUs of a running guest never
    /// stop. Nothing is left behind locally but what makes the next capture incremental, and that only once
    /// [SettleCapture] says so. Answered by [CommandResult.Captured].
    ///
    /// @param capture names this capture in [SettleCapture]
    /// @param disks the disks to capture; empty means all of them
    /// @param devices what else is captured
    record CaptureDisks(
            InstanceId instance,
            UUID capture,
            List<DeviceName> disks,
            Quiesce quiesce,
            Optional<Devices> devices,
            StoreGrant grant)
            implements ComputeCommand {
        public CaptureDisks {
            disks = List.copyOf(disks);
        }

        /// Of disks alone.
        public CaptureDisks(
                InstanceId instance, UUID capture, List<DeviceName> disks, Quiesce quiesce, StoreGrant grant) {
            this(instance, capture, disks, quiesce, Optional.empty(), grant);
        }
    }

    /// What is captured of the devices of a machine beside its disks.
    enum Devices {
        /// Their archive, with what firmware keeps.
        ARCHIVE
    }

    /// Captures all disks and, if the machine runs and `memory` asks for it, the memory of one instant, keeps
    /// the frozen layers as the local cache of the snapshot, and uploads everything. Answered by
    /// [CommandResult.Captured].
    record CaptureInstance(
            InstanceId instance, SnapshotId snapshot, MemoryChoice memory, Quiesce quiesce, StoreGrant grant)
            implements ComputeCommand {}

    /// Ends a capture: its bundle was sealed, so the next one may build on it, or it was not, so every trace of
    /// it goes. Answered by [CommandResult.Completed], also for a capture that is not known here (any more).
    record SettleCapture(InstanceId instance, UUID capture, Settlement settlement) implements ComputeCommand {}

    /// Brings a snapshot into the store whose instant exists on this host already, as [RevertInstance] leaves it.
    /// Fails with `SNAPSHOT_NOT_FOUND` if it does not: no other instant is taken in its place. Answered by
    /// [CommandResult.Captured].
    record UploadSnapshot(InstanceId instance, SnapshotId snapshot, StoreGrant grant) implements ComputeCommand {}

    /// Puts an instance back to a snapshot. Local frozen layers are used where they still exist, the store
    /// otherwise. If it fails the instance is what it was. Answered by [CommandResult.Observed].
    ///
    /// @param parts of the snapshot's manifest
    /// @param memory whether to resume mid-instruction or to boot from the disks
    /// @param safety the snapshot to take of what the instance was, before anything is given up. It stays on this
    /// host until [UploadSnapshot] and [SettleCapture]
    record RevertInstance(
            InstanceId instance,
            SnapshotId snapshot,
            InstanceSpec spec,
            List<Part> parts,
            MemoryChoice memory,
            AfterRevert resume,
            Optional<SnapshotId> safety,
            StoreGrant grant)
            implements ComputeCommand {
        public RevertInstance {
            parts = List.copyOf(parts);
        }
    }

    /// Removes what a host keeps locally for a snapshot. The bundle in the store is not its business.
    /// Answered by [CommandResult.Completed].
    record DiscardSnapshot(InstanceId instance, SnapshotId snapshot) implements ComputeCommand {}

    /// Stops the instance and starts it from a disk that comes for this alone, beside the ones it has, so that its
    /// owner can mend those. Answered by [CommandResult.Observed]; also if that has been done already.
    ///
    /// @param disk at a place that no disk of the instance has
    /// @param boot that finds its way to this disk
    record RescueInstance(InstanceId instance, DiskSpec disk, Boot boot, StoreGrant grant) implements ComputeCommand {}

    /// Stops the instance and takes the disk away that [RescueInstance] gave it. Answered by
    /// [CommandResult.Completed]; also if it does not have it (any more).
    ///
    /// @param boot as it was before
    record UnrescueInstance(InstanceId instance, DeviceName disk, Boot boot) implements ComputeCommand {}

    /// Stops the instance and gives it another size. What its own disks hold at that moment is kept beside them.
    /// Answered by [CommandResult.Observed]; also if that has been done already.
    ///
    /// @param kept names what is kept, until [ConfirmResize] or [RevertResize]
    record ResizeInstance(InstanceId instance, SnapshotId kept, Size size) implements ComputeCommand {}

    /// Lets go of what [ResizeInstance] kept. Answered by [CommandResult.Completed]; also if there is nothing
    /// (any more).
    record ConfirmResize(InstanceId instance, SnapshotId kept) implements ComputeCommand {}

    /// Stops the instance and gives it the size, and its own disks the contents, that they had before
    /// [ResizeInstance]; its volumes stay as they are. Answered by [CommandResult.Observed]; also if nothing
    /// is kept (any more).
    record RevertResize(InstanceId instance, SnapshotId kept) implements ComputeCommand {}

    /// How large a machine is.
    ///
    /// @param root its first disk; empty if that is a volume, whose size is its own
    record Size(int vcpus, cloud.stasis.model.ByteCount memory, Optional<cloud.stasis.model.ByteCount> root) {}

    /// Gives the instance a volume of this host as a disk, at once if it is on. Answered by
    /// [CommandResult.Completed]; also if it has the volume as that disk already.
    ///
    /// @param disk whose source is the volume
    record AttachVolume(InstanceId instance, DiskSpec disk) implements ComputeCommand {}

    /// Takes a volume away; a guest that is on has to let it go first. Fails with `GUEST_REFUSED` if it does not
    /// in time. Answered by [CommandResult.Completed]; also if the instance does not have it (any more).
    record DetachVolume(InstanceId instance, VolumeId volume) implements ComputeCommand {}

    /// Keeps what volumes of the instance hold at one instant, as snapshots of those volumes. A guest that is on
    /// stops for a moment. Answered by [CommandResult.Captured], without parts.
    record CutVolumes(InstanceId instance, UUID cut, List<VolumeCut> volumes, Quiesce quiesce)
            implements ComputeCommand {
        public CutVolumes {
            volumes = List.copyOf(volumes);
        }
    }

    record VolumeCut(VolumeId volume, SnapshotId snapshot) {}

    /// Forgets a snapshot of a volume that the instance has, and folds the layers that nothing needs any more.
    /// Answered by [CommandResult.Completed]; also if there is no such volume or snapshot (any more).
    record DropCut(InstanceId instance, VolumeId volume, SnapshotId snapshot) implements ComputeCommand {}

    /// Forgets what [CutVolumes] kept, as if it had never been asked for. Answered by
    /// [CommandResult.Completed]; also if the instance, a volume or a snapshot is not there (any more).
    record DropCuts(InstanceId instance, List<VolumeCut> volumes) implements ComputeCommand {
        public DropCuts {
            volumes = List.copyOf(volumes);
        }
    }

    /// A volume of an instance holds again what it did at a snapshot of it, which stays; its size stays, too. A
    /// guest that is on loses the disk for that moment, and has to let it go. Answered by
    /// [CommandResult.Completed].
    record RevertAttached(InstanceId instance, VolumeId volume, SnapshotId snapshot) implements ComputeCommand {}

    /// Makes a volume of an instance larger; a guest that is on sees it at once. Answered by
    /// [CommandResult.Completed]; also if it is that large already.
    record GrowAttached(InstanceId instance, VolumeId volume, cloud.stasis.model.ByteCount size)
            implements ComputeCommand {}

    /// Makes several instances of this host exist in its files as they are at one instant: all are frozen, all are
    /// paused, all are cut, and only then the first one goes on. What shows the whole instance is brought into the
    /// store by [UploadSnapshot] and ended by [SettleCapture]; snapshots of volumes are complete. If it fails
    /// for one, nothing is left of any. Answered by [CommandResult.CutTogether]; while it is held by
    /// [CommandResult.Completed].
    ///
    /// @param instance the first of them
    /// @param cut names this instant; the same on all hosts that take part
    /// @param hold whether instances of other hosts belong to the instant, so that these stand still until
    /// [ReleaseTogether], or until their deadline, which makes the cut void
    record CutTogether(InstanceId instance, UUID cut, List<Cut> cuts, Quiesce quiesce, Hold hold)
            implements ComputeCommand {
        public CutTogether {
            cuts = List.copyOf(cuts);
        }

        @Override
        public List<String> keys() {
            return cuts.stream().map(of -> of.instance().toString()).toList();
        }
    }

    /// Lets instances go on that a [CutTogether] holds. Fails with `GUEST_REFUSED` if one of them has gone on by
    /// itself before: the instants do not belong together then, and nothing is kept here. Answered by
    /// [CommandResult.CutTogether]; by [CommandResult.Completed] if the cut is `ABANDONED`, also if there is none.
    record ReleaseTogether(InstanceId instance, UUID cut, List<Cut> cuts, Settlement settlement)
            implements ComputeCommand {
        public ReleaseTogether {
            cuts = List.copyOf(cuts);
        }

        @Override
        public List<String> keys() {
            return cuts.stream().map(of -> of.instance().toString()).toList();
        }
    }

    /// What is kept of one instance by a [CutTogether].
    sealed interface Cut {
        InstanceId instance();

        /// All of it, as a snapshot of the instance.
        record WholeInstance(InstanceId instance, SnapshotId snapshot, MemoryChoice memory) implements Cut {}

        /// Some of its volumes, as snapshots of those.
        record SomeVolumes(InstanceId instance, List<VolumeCut> volumes) implements Cut {
            public SomeVolumes {
                volumes = List.copyOf(volumes);
            }
        }
    }

    enum Hold {
        NONE,
        UNTIL_RELEASED
    }

    /// Gives the instance a network interface, at once if it is on. Answered by [CommandResult.Completed]; also if
    /// it has it already.
    record AttachNic(InstanceId instance, NicSpec nic) implements ComputeCommand {}

    /// Takes a network interface away; a guest that is on has to let it go first. Fails with `GUEST_REFUSED` if it
    /// does not in time. Answered by [CommandResult.Completed]; also if the instance does not have it (any more).
    record DetachNic(InstanceId instance, PortId port) implements ComputeCommand {}

    /// Plugs the cable of a network interface in or out. Answered by [CommandResult.Completed].
    record SetLink(InstanceId instance, PortId port, Link link) implements ComputeCommand {}

    /// Puts a medium into a drive of the instance, in the place of what was there, or takes it out. A guest that has
    /// locked its drive is not asked. Answered by [CommandResult.Completed].
    record ChangeMedium(InstanceId instance, DeviceName drive, Optional<Medium> medium, StoreGrant grant)
            implements ComputeCommand {}

    /// Compares libvirt and the files of this host with what the tables say is here, and tells every difference with
    /// what would mend it. Holds up whatever is done with the instances it looks at. Answered by
    /// [CommandResult.Examined].
    ///
    /// @param instance names the examination
    /// @param expected what is said to be here and at rest
    /// @param busy what is being worked on, and not looked at
    /// @param mending whether what is safe to mend is mended
    record Examine(InstanceId instance, List<Expected> expected, List<InstanceId> busy, Mending mending)
            implements ComputeCommand {
        public Examine {
            expected = List.copyOf(expected);
            busy = List.copyOf(busy);
        }

        @Override
        public List<String> keys() {
            return Stream.concat(Stream.of(instance), expected.stream().map(Expected::instance))
                    .map(InstanceId::toString)
                    .toList();
        }
    }

    /// @param power as it was told last; empty if it never was
    /// @param snapshots all that there are of it; the host may keep copies of these and of no others
    record Expected(InstanceId instance, Optional<PowerState> power, List<SnapshotId> snapshots) {
        public Expected {
            snapshots = List.copyOf(snapshots);
        }
    }

    enum Mending {
        NONE,
        /// What cannot lose anything that somebody may still want.
        SAFE
    }

    /// Makes room on this host for the standby of an instance that runs on another one. Answered by
    /// [CommandResult.StandbyReady]; also if there is one of this protection already, with the same secret.
    record PrepareStandby(InstanceId instance, ProtectionId protection) implements ComputeCommand {}

    /// Keeps a standby of this instance up to date from now on, by epochs. Answered by [CommandResult.Completed] once
    /// the first one is durable on the standby. One that is under way gets the new settings and goes on.
    ///
    /// @param standby where epochs are sent
    /// @param secret that the standby knows its source by; never logged
    record ProtectInstance(
            InstanceId instance, ProtectionId protection, URI standby, String secret, ProtectionSettings settings)
            implements ComputeCommand {
        @Override
        public String toString() {
            return "ProtectInstance[instance=" + instance + ", protection=" + protection + ", standby=" + standby
                    + ", settings=" + settings + "]";
        }
    }

    /// Ends a protection at its source; the instance goes on. Answered by [CommandResult.Completed]; also if there is
    /// none (any more).
    record UnprotectInstance(InstanceId instance, ProtectionId protection) implements ComputeCommand {}

    /// Removes a standby. Answered by [CommandResult.Completed]; also if there is none (any more).
    record DiscardStandby(InstanceId instance, ProtectionId protection) implements ComputeCommand {}

    /// Stops the instance at an instant that its standby has complete, and powers it off: nothing is lost when the
    /// standby takes over. If it fails the instance goes on here. Answered by [CommandResult.HandedOver].
    record HandOver(InstanceId instance, ProtectionId protection) implements ComputeCommand {}

    /// Ends the instance here for good, without asking its guest, so that it may run elsewhere; its files stay until
    /// [DeleteInstance]. Answered by [CommandResult.Completed]; also if it does not run or is not here.
    record FenceInstance(InstanceId instance) implements ComputeCommand {}

    /// Makes the last complete epoch of a standby the instance of this host, with its disks, memory and devices. To be
    /// asked for only when the source is fenced. Fails with `STANDBY_NOT_COMPLETE` if no epoch ever was complete.
    /// Answered by [CommandResult.TookOver]; also if that has been done already.
    ///
    /// @param spec of the instance as its owner has it
    record TakeOver(InstanceId instance, ProtectionId protection, InstanceSpec spec, ResumeState resume)
            implements ComputeCommand {}

    /// Asks the agent to stop working on `command`; that command then fails with `CANCELLED` unless it was done
    /// already. It overtakes the queue of its instance. Not answered itself.
    record CancelCommand(InstanceId instance, CommandId command) implements ComputeCommand {}

    enum PowerAction {
        START,
        /// Asks the guest to power off, and pulls the plug if it has not after the agent's deadline.
        STOP,
        REBOOT_SOFT,
        REBOOT_HARD,
        PAUSE,
        UNPAUSE,
        /// Saves memory to disk and ends the process.
        SUSPEND,
        RESUME
    }

    enum MemoryChoice {
        WITH_MEMORY,
        DISKS_ONLY
    }

    enum ResumeState {
        RUNNING,
        PAUSED
    }

    /// What a clone is to its guest. Its id, which the guest sees as that of its board, is its own in any case.
    enum Identity {
        /// The same machine: serials of its disks stay.
        KEEP,
        /// Another machine: serials of its disks, hardware addresses and network addresses are new.
        REGENERATE,
        /// The same machine, with all its cables pulled out until it is told otherwise.
        ISOLATE
    }

    /// What an instance does once it is put back.
    enum AfterRevert {
        RUNNING,
        PAUSED,
        /// Off, with its disks put back.
        STOPPED
    }

    enum Settlement {
        SEALED,
        ABANDONED
    }

    /// What a machine is made of; the agent builds its domain XML from this and nothing else.
    ///
    /// @param name shown in the domain's title, not trusted for anything else
    /// @param nics its network interfaces, in the order of their places
    /// @param drives for media that come and go
    /// @param firmware that starts it; the BIOS of the board if it is not said
    /// @param tpm if it has one
    /// @param clock what its hardware clock shows; UTC if it is not said
    record InstanceSpec(
            String name,
            int vcpus,
            cloud.stasis.model.ByteCount memory,
            Boot boot,
            List<DiskSpec> disks,
            @LeftOutIfEmpty List<NicSpec> nics,
            @LeftOutIfEmpty List<DriveSpec> drives,
            Optional<Firmware> firmware,
            Optional<TpmModel> tpm,
            Optional<ClockBasis> clock) {
        public InstanceSpec {
            disks = List.copyOf(disks);
            nics = List.copyOf(nics);
            drives = List.copyOf(drives);
        }

        /// Without network interfaces and drives.
        public InstanceSpec(
                String name, int vcpus, cloud.stasis.model.ByteCount memory, Boot boot, List<DiskSpec> disks) {
            this(
                    name,
                    vcpus,
                    memory,
                    boot,
                    disks,
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        /// The same machine on other disks.
        public InstanceSpec withDisks(List<DiskSpec> other) {
            return new InstanceSpec(name, vcpus, memory, boot, other, nics, drives, firmware, tpm, clock);
        }

        public Size size() {
            return new Size(
                    vcpus,
                    memory,
                    disks.stream()
                            .limit(1)
                            .filter(disk -> !(disk.source() instanceof DiskSource.Volume))
                            .map(DiskSpec::size)
                            .findFirst());
        }

        /// The same machine of another size.
        public InstanceSpec sized(Size other) {
            List<DiskSpec> sized = new ArrayList<>(disks);
            other.root().ifPresent(root -> sized.set(0, disks.getFirst().sized(root)));
            return new InstanceSpec(
                    name, other.vcpus(), other.memory(), boot, sized, nics, drives, firmware, tpm, clock);
        }

        public InstanceSpec withNics(List<NicSpec> other) {
            return new InstanceSpec(name, vcpus, memory, boot, disks, other, drives, firmware, tpm, clock);
        }

        public InstanceSpec withDrives(List<DriveSpec> other) {
            return new InstanceSpec(name, vcpus, memory, boot, disks, nics, other, firmware, tpm, clock);
        }

        public InstanceSpec named(String other) {
            return new InstanceSpec(other, vcpus, memory, boot, disks, nics, drives, firmware, tpm, clock);
        }

        public InstanceSpec startedBy(Boot other) {
            return new InstanceSpec(name, vcpus, memory, other, disks, nics, drives, firmware, tpm, clock);
        }

        public InstanceSpec with(Firmware other) {
            return new InstanceSpec(name, vcpus, memory, boot, disks, nics, drives, Optional.of(other), tpm, clock);
        }

        public InstanceSpec with(TpmModel other) {
            return new InstanceSpec(
                    name, vcpus, memory, boot, disks, nics, drives, firmware, Optional.of(other), clock);
        }

        public InstanceSpec with(ClockBasis other) {
            return new InstanceSpec(name, vcpus, memory, boot, disks, nics, drives, firmware, tpm, Optional.of(other));
        }
    }

    /// What starts the machine, if it is not the BIOS of its board.
    enum Firmware {
        /// With variables of the machine's own, which outlive a power-off.
        UEFI
    }

    /// The interface of a TPM 2.0.
    enum TpmModel {
        /// A command and response buffer.
        CRB,
        /// As TPM 1.2 had it.
        TIS
    }

    /// What the hardware clock of a machine shows.
    enum ClockBasis {
        UTC,
        /// As systems expect it that keep their clock in local time.
        LOCAL_TIME
    }

    /// A network interface.
    ///
    /// @param fixedAddress what the guest is to call itself there; nothing on the host enforces it
    record NicSpec(PortId port, NetworkId network, MacAddress mac, Optional<String> fixedAddress, Link link) {
        public NicSpec with(Link other) {
            return new NicSpec(port, network, mac, fixedAddress, other);
        }
    }

    /// Whether the cable is plugged in.
    enum Link {
        UP,
        DOWN
    }

    /// A drive for read-only media, which may be empty.
    record DriveSpec(DeviceName target, Optional<Medium> medium) {}

    /// What lies in a drive.
    record Medium(ImageId image, Content content) {}

    /// How a machine finds its kernel.
    sealed interface Boot {
        /// From its first disk.
        record FromDisk() implements Boot {}

        /// From another one of its disks.
        record FromDiskAt(DeviceName disk) implements Boot {}

        /// A kernel, and perhaps an initial RAM disk, handed over by the hypervisor.
        record FromKernel(Content kernel, Optional<Content> ramdisk, String commandLine) implements Boot {}
    }

    record DiskSpec(DeviceName target, cloud.stasis.model.ByteCount size, DiskSource source) {
        public DiskSpec sized(cloud.stasis.model.ByteCount other) {
            return new DiskSpec(target, other, source);
        }
    }

    /// What a disk starts from.
    sealed interface DiskSource {
        /// A disk of the instance itself, redirect-on-write over the content of an image.
        record OverImage(Content base) implements DiskSource {}

        /// An empty disk of the instance itself.
        record Blank() implements DiskSource {}

        /// A volume that lives on this host's backend and outlives the instance.
        record Volume(VolumeId volume) implements DiskSource {}
    }
}
