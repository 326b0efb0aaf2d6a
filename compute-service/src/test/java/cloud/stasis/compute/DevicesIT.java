package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.DriveSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.messages.ComputeCommand.Medium;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.PortId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import cloud.stasis.testkit.ReflinkVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Network interfaces, volumes and media of a real guest come and go while it runs; a revert brings back those of the
/// snapshot, and the guest goes on mid-instruction with them.
class DevicesIT {
    private static final DeviceName VOLUME = new DeviceName("vdc");
    private static final DeviceName DRIVE = new DeviceName("hda");
    private static final ByteCount SIZE = ByteCount.ofMib(64);
    private static final String MACS = "cat /sys/class/net/eth*/address";
    /// The first look at a changed medium only says that it has changed.
    private static final String MEDIUM = "for try in 1 2 3 4 5 6 7 8 9; do"
            + " mount -r -t iso9660 /dev/sr0 /mnt 2> /dev/null && cat /mnt/which && umount /mnt && exit; sleep 1;"
            + " done; exit 1";

    private ReflinkVolume memory;
    private TestBridge bridge;
    private RealHost host;
    private InstanceId id;
    private final NicSpec first = nic();
    private final NicSpec second = nic();
    private final NicSpec third = nic();
    private final VolumeId kept = VolumeId.random();
    private final VolumeId other = VolumeId.random();

    @BeforeEach
    void boot() {
        bridge = TestBridge.make();
        memory = ReflinkVolume.make();
        host = RealHost.withMemoryIn(memory.mount(), bridge.bridges());
        make(kept);
        make(other);
        id = InstanceId.random();
        InstanceSpec spec = RealHost.spec(DemoGuest.in(host.store), List.of());
        List<DiskSpec> disks = new ArrayList<>(spec.disks());
        disks.add(disk(kept));
        host.handle(new ComputeCommand.BootInstance(
                id,
                spec.withDisks(disks)
                        .withNics(List.of(first, second))
                        .withDrives(List.of(new DriveSpec(DRIVE, Optional.of(medium("one"))))),
                RealHost.GRANT));
        host.awaitReady(id);
        host.inGuest(id, "/etc/stasis/cdrom; mkdir -p /mnt");
        RealHost.await(
                "the guest has its drive", () -> host.inGuest(id, "ls /dev").contains("sr0"));
    }

    @AfterEach
    void close() {
        if (host != null) {
            host.close();
        }
        memory.close();
        bridge.close();
    }

    @Test
    void revertBringsBackTheDevicesOfTheSnapshotAndUndoThoseOfTheMomentBefore() throws IOException {
        assertThat(host.inGuest(id, MACS).lines())
                .containsExactly(first.mac().value(), second.mac().value());
        assertThat(host.inGuest(id, MEDIUM)).contains("one");
        host.inGuest(id, "echo then > /dev/vdc; sync; ip link set eth0 up; ip addr add 10.99.0.2/24 dev eth0");
        SnapshotId then = SnapshotId.random();
        InstanceSpec specThen = spec();
        CommandResult.Captured captured = snapshot(then);

        host.handle(new ComputeCommand.DetachNic(id, second.port()));
        host.handle(new ComputeCommand.AttachNic(id, third));
        host.inGuest(id, "echo later > /dev/vdc; sync");
        host.handle(new ComputeCommand.DetachVolume(id, kept));
        host.handle(new ComputeCommand.AttachVolume(id, disk(other)));
        host.handle(new ComputeCommand.ChangeMedium(id, DRIVE, Optional.of(medium("two")), RealHost.GRANT));
        assertHasWhatCameLater();
        host.inGuest(id, "echo other > /dev/vdc; sync; echo later > /run/which");

        SnapshotId safety = SnapshotId.random();
        InstanceSpec specLater = spec();
        for (int round = 0; round < 2; round++) {
            revert(then, specThen, captured, Optional.of(safety));

            assertHasWhatWasThen();
            assertThat(opened(other).isBeingWritten()).isFalse();
            CommandResult.Captured saved =
                    (CommandResult.Captured) host.handle(new ComputeCommand.UploadSnapshot(id, safety, RealHost.GRANT));
            host.handle(new ComputeCommand.SettleCapture(id, safety.value(), Settlement.SEALED));
            assertThat(opened(other).holders())
                    .as("what the volume that left is held by")
                    .isEmpty();

            revert(safety, specLater, saved, Optional.empty());

            assertHasWhatCameLater();
            assertThat(host.inGuest(id, "cat /run/which; head -n 1 /dev/vdc").lines())
                    .containsExactly("later", "other");
            assertThat(opened(kept).isBeingWritten()).isFalse();
            assertThat(opened(kept).holders()).isEmpty();
            safety = SnapshotId.random();
        }
        assertRefusesWhatCannotBeHad(then, specThen, captured);
    }

    /// Before anything is touched.
    private void assertRefusesWhatCannotBeHad(SnapshotId then, InstanceSpec specThen, CommandResult.Captured captured)
            throws IOException {
        Path gone = host.host().instances().layout().volume(kept);
        Path aside = gone.resolveSibling("aside");
        Files.move(gone, aside);
        assertRefused(then, specThen, captured, kept.toString());
        Files.move(aside, gone);
        NetworkId nowhere = NetworkId.random();
        InstanceSpec elsewhere = specThen.withNics(specThen.nics().stream()
                .map(nic -> new NicSpec(nic.port(), nowhere, nic.mac(), nic.fixedAddress(), nic.link()))
                .toList());
        assertRefused(then, elsewhere, captured, nowhere.toString());
        assertHasWhatCameLater();
        assertThat(host.inGuest(id, "cat /run/which")).contains("later");
        revert(then, specThen, captured, Optional.empty());
        assertHasWhatWasThen();
    }

    private void assertRefused(SnapshotId then, InstanceSpec spec, CommandResult.Captured captured, String reason) {
        assertThatThrownBy(() -> revert(then, spec, captured, Optional.of(SnapshotId.random())))
                .isInstanceOfSatisfying(StasisException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.WRONG_STATE);
                    assertThat(refused.getMessage()).contains(reason);
                });
    }

    @Test
    void devicesOfAMachineThatIsOffChangeAndCablesArePulled() {
        host.handle(new ComputeCommand.ChangePower(id, ComputeCommand.PowerAction.REBOOT_HARD));
        host.awaitAgent(id);
        host.inGuest(id, "ip link set eth0 up; ip link set eth1 up");
        host.handle(new ComputeCommand.SetLink(id, first.port(), Link.DOWN));
        RealHost.await("the guest sees no carrier", () -> carrier("eth0").equals("0"));
        host.handle(new ComputeCommand.SetLink(id, first.port(), Link.UP));
        RealHost.await("the guest sees a carrier", () -> carrier("eth0").equals("1"));

        host.handle(new ComputeCommand.ChangePower(id, ComputeCommand.PowerAction.STOP));
        host.handle(new ComputeCommand.DetachNic(id, first.port()));
        host.handle(new ComputeCommand.DetachNic(id, first.port()));
        host.handle(new ComputeCommand.AttachNic(id, third));
        host.handle(new ComputeCommand.AttachNic(id, third));
        host.handle(new ComputeCommand.ChangeMedium(id, DRIVE, Optional.empty(), RealHost.GRANT));
        host.handle(new ComputeCommand.ChangePower(id, ComputeCommand.PowerAction.START));
        host.awaitAgent(id);

        // The place of the first one was free.
        assertThat(host.inGuest(id, MACS).lines())
                .containsExactly(third.mac().value(), second.mac().value());
    }

    private String carrier(String interfaceName) {
        return host.inGuest(id, "cat /sys/class/net/" + interfaceName + "/carrier")
                .strip();
    }

    private void assertHasWhatWasThen() {
        assertThat(host.inGuest(id, MACS).lines())
                .containsExactly(first.mac().value(), second.mac().value());
        assertThat(host.inGuest(id, "head -n 1 /dev/vdc").strip()).isEqualTo("then");
        assertThat(host.inGuest(id, MEDIUM)).contains("one");
        assertThat(host.inGuest(id, "ping -c 1 -W 20 10.99.0.1")).contains(" 0% packet loss");
        assertThat(host.inGuest(id, "cat /run/which 2>/dev/null || true")).isEmpty();
        assertHealthy();
    }

    private void assertHasWhatCameLater() {
        assertThat(host.inGuest(id, MACS).lines())
                .containsExactly(first.mac().value(), third.mac().value());
        assertThat(host.inGuest(id, MEDIUM)).contains("two");
        assertHealthy();
    }

    private void assertHealthy() {
        assertThat(host.inGuest(id, "cat /run/probe.state").lines()).contains("failures=0", "memory_failures=0");
        assertThat(host.console(id)).doesNotContain("FAIL");
        assertThat(host.instance(id).directory().intent().read()).isEmpty();
    }

    private InstanceSpec spec() {
        return host.instance(id).spec().spec();
    }

    private CommandResult.Captured snapshot(SnapshotId snapshot) {
        CommandResult.Captured captured = (CommandResult.Captured) host.handle(new ComputeCommand.CaptureInstance(
                id, snapshot, MemoryChoice.WITH_MEMORY, Quiesce.PREFER, RealHost.GRANT));
        host.handle(new ComputeCommand.SettleCapture(id, snapshot.value(), Settlement.SEALED));
        return captured;
    }

    private void revert(
            SnapshotId to, InstanceSpec spec, CommandResult.Captured captured, Optional<SnapshotId> safety) {
        host.handle(new ComputeCommand.RevertInstance(
                id, to, spec, captured.parts(), MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING, safety, RealHost.GRANT));
    }

    private void make(VolumeId volume) {
        LayeredDisk.createBlank(
                host.host().instances().layout().volume(volume),
                host.host().instances().layers(),
                SIZE);
    }

    private LayeredDisk opened(VolumeId volume) {
        return LayeredDisk.open(
                host.host().instances().layout().volume(volume),
                host.host().instances().layers());
    }

    private static DiskSpec disk(VolumeId volume) {
        return new DiskSpec(VOLUME, SIZE, new DiskSource.Volume(volume));
    }

    private static NicSpec nic() {
        return new NicSpec(PortId.random(), TestBridge.NETWORK, MacAddress.random(), Optional.empty(), Link.UP);
    }

    /// An ISO with a file `which`.
    private Medium medium(String which) {
        try {
            Path directory = Files.createTempDirectory("medium");
            Files.writeString(directory.resolve("which"), which + "\n");
            Path iso = Files.createTempFile("medium", ".iso");
            RealHost.tool("genisoimage", "-quiet", "-o", iso.toString(), directory.toString());
            Medium medium = new Medium(ImageId.random(), DemoGuest.upload(host.store, iso));
            Files.delete(iso);
            HostFiles.deleteTree(directory);
            return medium;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
