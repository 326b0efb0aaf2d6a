package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A real guest whose own root disk is mended from another one.
class RescueIT {
    private static final DeviceName RESCUE = new DeviceName("vdz");

    private RealHost host;
    private InstanceId id;

    @BeforeEach
    void boot() {
        host = new RealHost();
        id = host.boot(List.of());
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void aGuestIsMendedFromAnotherDisk() {
        DemoGuest guest = DemoGuest.in(host.store);
        Boot usual = host.instance(id).spec().spec().boot();
        host.inGuest(id, "echo broken > /root-of-its-own && sync");
        ComputeCommand.RescueInstance rescue = new ComputeCommand.RescueInstance(
                id,
                new DiskSpec(RESCUE, guest.root().size(), new DiskSource.OverImage(guest.root())),
                guest.boot("root=/dev/vdc"),
                RealHost.GRANT);

        assertThat(host.handle(rescue)).isEqualTo(new CommandResult.Observed(PowerState.RUNNING));
        host.awaitReady(id);
        assertThat(host.handle(rescue)).isEqualTo(new CommandResult.Observed(PowerState.RUNNING));

        assertThat(host.inGuest(id, "[ -e /root-of-its-own ] && echo own || echo rescue"))
                .contains("rescue");
        assertThat(host.inGuest(
                        id,
                        "mkdir -p /tmp/own && mount -t ext4 /dev/vda /tmp/own && cat /tmp/own/root-of-its-own"
                                + " && echo mended > /tmp/own/root-of-its-own && umount /tmp/own && sync"))
                .contains("broken");

        ComputeCommand.UnrescueInstance end = new ComputeCommand.UnrescueInstance(id, RESCUE, usual);
        host.handle(end);
        host.handle(end);
        assertThat(host.host.state(host.instance(id))).isEqualTo(PowerState.STOPPED);
        assertThat(LayeredDisk.exists(host.instance(id).directory().disk(RESCUE)))
                .isFalse();
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.START));
        host.awaitReady(id);

        assertThat(host.inGuest(id, "cat /root-of-its-own; ls /dev/vdc 2>&1 || true"))
                .contains("mended", "No such file");
        host.handle(new ComputeCommand.DeleteInstance(id));
    }
}
