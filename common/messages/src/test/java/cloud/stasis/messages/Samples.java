package cloud.stasis.messages;

import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PortId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.ProtectionSettings;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.SourceName;
import cloud.stasis.model.StoreId;
import cloud.stasis.model.VolumeId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// One message of each type, with every optional field set.
final class Samples {
    private static final UUID ID = UUID.fromString("6f1c2a34-0000-4000-8000-000000000001");
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final InstanceId INSTANCE = new InstanceId(ID);
    private static final SnapshotId SNAPSHOT = new SnapshotId(ID);
    private static final VolumeId VOLUME = new VolumeId(ID);
    private static final ProtectionId PROTECTION = new ProtectionId(ID);
    private static final CommandId COMMAND = new CommandId(ID);
    private static final Content CONTENT = new Content(new IndexId(new Digest(1, 2, 3, 4)), ByteCount.ofGib(4));
    private static final StoreGrant GRANT = new StoreGrant(URI.create("http://store.example:5801"), "signed");
    private static final ReferenceName REFERENCE = ReferenceName.of(SNAPSHOT);
    private static final List<Part> PARTS = List.of(
            new Part.Disk(DeviceName.virtio(0), CONTENT),
            new Part.File(CONTENT),
            new Part.Memory(Part.MemoryFormat.LIBVIRT_SAVE, CONTENT),
            new Part.DomainXml(CONTENT),
            new Part.DeviceArchive(CONTENT));
    private static final Receipt RECEIPT = new Receipt(
            "backup-incremental",
            Quiesce.PREFER,
            Consistency.FILE_SYSTEM,
            Duration.ofMillis(120),
            Duration.ZERO,
            "froze 2 file systems",
            "QEMU 7.2.22, libvirt 9.0.0, pc-i440fx-7.2, qemu",
            List.of(new Receipt.Transfer(
                    "vda",
                    Receipt.Mode.INCREMENTAL,
                    "",
                    ByteCount.ofMib(50),
                    ByteCount.ofMib(20),
                    ByteCount.ofMib(3),
                    Duration.ofMillis(310))));
    private static final ComputeCommand.NicSpec NIC = new ComputeCommand.NicSpec(
            new PortId(ID),
            new NetworkId(ID),
            new MacAddress("52:54:00:12:34:56"),
            Optional.of("192.0.2.7"),
            ComputeCommand.Link.UP);
    private static final ComputeCommand.DriveSpec DRIVE = new ComputeCommand.DriveSpec(
            new DeviceName("hda"), Optional.of(new ComputeCommand.Medium(new ImageId(ID), CONTENT)));
    private static final ComputeCommand.InstanceSpec SPEC = new ComputeCommand.InstanceSpec(
            "web",
            2,
            ByteCount.ofMib(512),
            new ComputeCommand.Boot.FromKernel(CONTENT, Optional.of(CONTENT), "root=/dev/vda"),
            List.of(
                    disk(0, new ComputeCommand.DiskSource.OverImage(CONTENT)),
                    disk(1, new ComputeCommand.DiskSource.Blank()),
                    disk(2, new ComputeCommand.DiskSource.Volume(VOLUME))));

    private static final List<ComputeCommand.Cut> CUTS = List.of(
            new ComputeCommand.Cut.WholeInstance(INSTANCE, SNAPSHOT, ComputeCommand.MemoryChoice.WITH_MEMORY),
            new ComputeCommand.Cut.SomeVolumes(INSTANCE, List.of(new ComputeCommand.VolumeCut(VOLUME, SNAPSHOT))));

    private static final Manifest MANIFEST = new Manifest(
            Manifest.CURRENT_VERSION,
            ReferenceName.Kind.SNAPSHOT,
            Optional.of(INSTANCE),
            AT,
            Optional.of(new ManifestId(new Digest(5, 6, 7, 8))),
            PARTS,
            Optional.of(RECEIPT),
            Map.of("name", "nightly"));
    private static final BundleChoice CHOICE = new BundleChoice(
            List.of(REFERENCE), Optional.of("night*"), Optional.of("p1"), Optional.of(ReferenceName.Kind.SNAPSHOT));

    private Samples() {}

    static List<Message> oneOfEach() {
        return List.of(
                new ComputeCommand.BootInstance(INSTANCE, SPEC, GRANT),
                new ComputeCommand.ChangePower(INSTANCE, ComputeCommand.PowerAction.REBOOT_SOFT),
                new ComputeCommand.DeleteInstance(INSTANCE),
                new ComputeCommand.CaptureDisks(INSTANCE, ID, List.of(DeviceName.virtio(0)), Quiesce.PREFER, GRANT),
                new ComputeCommand.CaptureInstance(
                        INSTANCE, SNAPSHOT, ComputeCommand.MemoryChoice.WITH_MEMORY, Quiesce.REQUIRE, GRANT),
                new ComputeCommand.SettleCapture(INSTANCE, ID, ComputeCommand.Settlement.SEALED),
                new ComputeCommand.RevertInstance(
                        INSTANCE,
                        SNAPSHOT,
                        SPEC,
                        PARTS,
                        ComputeCommand.MemoryChoice.DISKS_ONLY,
                        ComputeCommand.AfterRevert.PAUSED,
                        Optional.empty(),
                        GRANT),
                new ComputeCommand.UploadSnapshot(INSTANCE, SNAPSHOT, GRANT),
                new ComputeCommand.CloneInstance(
                        INSTANCE,
                        SPEC,
                        INSTANCE,
                        SNAPSHOT,
                        PARTS,
                        ComputeCommand.MemoryChoice.WITH_MEMORY,
                        ComputeCommand.ResumeState.RUNNING,
                        ComputeCommand.Identity.REGENERATE,
                        GRANT),
                new ComputeCommand.DiscardSnapshot(INSTANCE, SNAPSHOT),
                new ComputeCommand.AttachVolume(INSTANCE, disk(2, new ComputeCommand.DiskSource.Volume(VOLUME))),
                new ComputeCommand.DetachVolume(INSTANCE, VOLUME),
                new ComputeCommand.CutVolumes(
                        INSTANCE, ID, List.of(new ComputeCommand.VolumeCut(VOLUME, SNAPSHOT)), Quiesce.PREFER),
                new ComputeCommand.DropCut(INSTANCE, VOLUME, SNAPSHOT),
                new ComputeCommand.DropCuts(INSTANCE, List.of(new ComputeCommand.VolumeCut(VOLUME, SNAPSHOT))),
                new ComputeCommand.GrowAttached(INSTANCE, VOLUME, ByteCount.ofGib(2)),
                new ComputeCommand.RevertAttached(INSTANCE, VOLUME, SNAPSHOT),
                new ComputeCommand.CutTogether(INSTANCE, ID, CUTS, Quiesce.PREFER, ComputeCommand.Hold.UNTIL_RELEASED),
                new ComputeCommand.ReleaseTogether(INSTANCE, ID, CUTS, ComputeCommand.Settlement.SEALED),
                new ComputeCommand.RescueInstance(
                        INSTANCE,
                        disk(25, new ComputeCommand.DiskSource.OverImage(CONTENT)),
                        new ComputeCommand.Boot.FromDiskAt(DeviceName.virtio(25)),
                        GRANT),
                new ComputeCommand.UnrescueInstance(
                        INSTANCE, DeviceName.virtio(25), new ComputeCommand.Boot.FromDisk()),
                new ComputeCommand.ResizeInstance(
                        INSTANCE,
                        SNAPSHOT,
                        new ComputeCommand.Size(2, ByteCount.ofMib(512), Optional.of(ByteCount.ofGib(2)))),
                new ComputeCommand.ConfirmResize(INSTANCE, SNAPSHOT),
                new ComputeCommand.RevertResize(INSTANCE, SNAPSHOT),
                new ComputeCommand.AttachNic(INSTANCE, NIC),
                new ComputeCommand.DetachNic(INSTANCE, NIC.port()),
                new ComputeCommand.SetLink(INSTANCE, NIC.port(), ComputeCommand.Link.DOWN),
                new ComputeCommand.ChangeMedium(INSTANCE, DRIVE.target(), DRIVE.medium(), GRANT),
                new ComputeCommand.Examine(
                        INSTANCE,
                        List.of(new ComputeCommand.Expected(
                                INSTANCE, Optional.of(PowerState.RUNNING), List.of(SNAPSHOT))),
                        List.of(INSTANCE),
                        ComputeCommand.Mending.SAFE),
                new ComputeCommand.PrepareStandby(INSTANCE, PROTECTION),
                new ComputeCommand.ProtectInstance(
                        INSTANCE,
                        PROTECTION,
                        URI.create("http://host-2.example:5802/standby/6f1c2a34"),
                        "signed",
                        new ProtectionSettings(Duration.ofMillis(250), ProtectionSettings.Output.HELD)),
                new ComputeCommand.UnprotectInstance(INSTANCE, PROTECTION),
                new ComputeCommand.DiscardStandby(INSTANCE, PROTECTION),
                new ComputeCommand.HandOver(INSTANCE, PROTECTION),
                new ComputeCommand.FenceInstance(INSTANCE),
                new ComputeCommand.TakeOver(INSTANCE, PROTECTION, SPEC, ComputeCommand.ResumeState.RUNNING),
                new ComputeCommand.CancelCommand(INSTANCE, COMMAND),
                new VolumeCommand.CreateVolume(VOLUME, ByteCount.ofGib(1)),
                new VolumeCommand.DeleteVolume(VOLUME),
                new VolumeCommand.CloneVolume(VOLUME, ByteCount.ofGib(2), VOLUME, Optional.of(SNAPSHOT)),
                new VolumeCommand.GrowVolume(VOLUME, ByteCount.ofGib(2)),
                new VolumeCommand.SnapshotVolume(VOLUME, SNAPSHOT),
                new VolumeCommand.DropVolumeSnapshot(VOLUME, SNAPSHOT),
                new VolumeCommand.RevertVolume(VOLUME, SNAPSHOT),
                new VolumeCommand.FillVolume(VOLUME, ByteCount.ofGib(4), CONTENT, GRANT),
                new VolumeCommand.CaptureVolume(VOLUME, Optional.of(SNAPSHOT), ID, GRANT),
                new VolumeCommand.SettleVolume(VOLUME, ID, ComputeCommand.Settlement.SEALED),
                new VolumeCommand.AdoptVolume(VOLUME, new SourceName("old-disk.qcow2")),
                new VolumeCommand.ReleaseVolume(VOLUME),
                new VolumeCommand.AdoptSnapshot(VOLUME, SNAPSHOT, new SourceName("old-disk.raw")),
                new VolumeCommand.ReleaseSnapshot(VOLUME, SNAPSHOT),
                new ImageCommand.SealBundle(REFERENCE, MANIFEST),
                new ImageCommand.DropReference(REFERENCE),
                new ImageCommand.DigestImage(REFERENCE),
                new ImageCommand.OpenArchive(REFERENCE),
                new ImageCommand.ImportImage(
                        REFERENCE,
                        URI.create("https://images.example.org/trixie.qcow2"),
                        "qcow2",
                        "bare",
                        ByteCount.ofGib(32),
                        Map.of("name", "trixie")),
                new ImageCommand.DescribeBundle(REFERENCE, Map.of("name", "nightly")),
                new ImageCommand.TellBundles(CHOICE, Optional.of(new ProjectId("p2"))),
                new ImageCommand.CopyBundles(
                        ImageCommand.CopyDirection.PUSH,
                        "away",
                        CHOICE,
                        ByteCount.ofMib(8),
                        Optional.of(new ProjectId("p2"))),
                new ImageCommand.CancelWork(COMMAND),
                new Fact.CommandAccepted("key", COMMAND),
                new Fact.CommandProgressed("key", COMMAND, Phase.UPLOADING, ByteCount.ofMib(1), ByteCount.ofMib(2)),
                new Fact.CommandDone("key", COMMAND, new CommandResult.Captured(AT, PARTS, RECEIPT)),
                new Fact.CommandFailed("key", COMMAND, new ErrorReport(ErrorCode.NO_SPACE, "the store is full")),
                new Fact.InstanceObserved(new HostId("host-1"), INSTANCE, PowerState.RUNNING, AT),
                new Fact.BundleFound(
                        "key",
                        REFERENCE,
                        new ManifestId(new Digest(5, 6, 7, 8)),
                        MANIFEST,
                        ByteCount.ofMib(7),
                        Optional.of(new ProjectId("p2"))),
                new Fact.StoreMeasured(
                        new StoreId("local"),
                        List.of(new BundleSize(
                                REFERENCE,
                                Optional.of(new ProjectId("p2")),
                                ByteCount.ofGib(4),
                                ByteCount.ofMib(50),
                                ByteCount.ofMib(700),
                                ByteCount.ofMib(40))),
                        List.of(new ProjectSize(new ProjectId("p2"), ByteCount.ofMib(750)))),
                new Heartbeat.Host(
                        new HostId("host-1"),
                        AT,
                        URI.create("http://host-1.example:5802"),
                        "QEMU 7.2.22",
                        "kvm",
                        8,
                        ByteCount.ofGib(32),
                        ByteCount.ofGib(500),
                        ByteCount.ofGib(400),
                        Optional.empty(),
                        Optional.empty()),
                new Heartbeat.Backend(
                        new BackendId("local"),
                        AT,
                        ByteCount.ofGib(500),
                        ByteCount.ofGib(400),
                        Optional.empty(),
                        Optional.empty()),
                new Heartbeat.Store(
                        new StoreId("local"), AT, URI.create("http://store.example:5801"), ByteCount.ofGib(400)));
    }

    private static ComputeCommand.DiskSpec disk(int position, ComputeCommand.DiskSource source) {
        return new ComputeCommand.DiskSpec(DeviceName.virtio(position), ByteCount.ofGib(4), source);
    }
}
