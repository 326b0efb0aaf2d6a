package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.CommandResult.HandedOver;
import cloud.stasis.messages.CommandResult.StandbyReady;
import cloud.stasis.messages.CommandResult.TookOver;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.messages.ProtectionStatus;
import cloud.stasis.messages.ProtectionStatus.Health;
import cloud.stasis.messages.ProtectionStatus.Role;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.PortId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.ProtectionSettings;
import cloud.stasis.model.ProtectionSettings.Output;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.testkit.ReflinkVolume;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A real guest that dies on one host and goes on on another one. Both have one libvirt, so the domain of the
/// source is gone before the standby takes over. The probe in the guest finds any mixture of instants.
class ProtectionIT {
    private static final Logger LOG = Logger.getLogger(ProtectionIT.class);

    private static final NicSpec NIC =
            new NicSpec(PortId.random(), TestBridge.NETWORK, MacAddress.random(), Optional.empty(), Link.UP);

    private RealHost source;
    private RealHost standby;
    private InstanceId id;
    private final ProtectionId protection = ProtectionId.random();

    private TestBridge bridge;
    private ReflinkVolume memory;

    /// The RAM of the guest is in a file on one host and in memory alone on the other.
    @BeforeEach
    void boot() {
        bridge = TestBridge.make();
        memory = ReflinkVolume.make();
        source = RealHost.withMemoryIn(memory.mount(), bridge.bridges());
        standby = RealHost.withMemoryIn(RealHost.freshDirectory(), bridge.bridges());
        source.start();
        standby.start();
        id = source.boot(List.of());
    }

    @AfterEach
    void close() {
        source.close();
        standby.close();
        HostFiles.deleteTree(standby.host.instances().layout().memory());
        memory.close();
        bridge.close();
    }

    @Test
    void guestGoesOnFromTheLastCompleteEpochWhenItsHostDies() throws IOException {
        protect(Duration.ofMillis(200), Output.FREE);
        awaitEpochs(10);
        String boot = inGuest(source, "cat /proc/sys/kernel/random/boot_id");
        inGuest(source, "echo 7 > /run/which; echo 7 > /data/which; sync");
        long counter = counter(source);
        awaitAfter(Instant.now());
        LOG.infof("Before the source dies: %s", status(source));

        kill();
        source.handle(new ComputeCommand.FenceInstance(id));
        source.handle(new ComputeCommand.DeleteInstance(id));
        TookOver tookOver = takeOver(List.of());

        assertThat(tookOver.state()).isEqualTo(PowerState.RUNNING);
        assertThat(inGuest(standby, "cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
        assertThat(inGuest(standby, "cat /run/which /data/which")).isEqualTo("7\n7\n");
        assertGoesOn(standby, counter);
        assertThat(standby.agent.protections().statuses()).isEmpty();
    }

    @Test
    void protectionOutlivesWhatIsDoneToTheInstanceAndItsAgent() {
        source.handle(new ComputeCommand.AttachNic(id, NIC));
        inGuest(source, "until ip link set eth0 up; do sleep 1; done; ip addr add 10.99.0.7/24 dev eth0 || true");
        String boot = inGuest(source, "cat /proc/sys/kernel/random/boot_id");
        protect(Duration.ofMillis(250), Output.HELD);
        assertThat(pings(30)).isTrue();

        standby.door.lose(true);
        RealHost.await("nothing is acknowledged", () -> status(source).reason().isPresent());
        assertThat(pings(2)).as("what nobody else knows of does not leave").isFalse();
        standby.door.lose(false);
        assertThat(pings(30)).isTrue();

        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = (CommandResult.Captured) source.handle(new ComputeCommand.CaptureInstance(
                id, snapshot, MemoryChoice.WITH_MEMORY, Quiesce.NONE, RealHost.GRANT));
        source.handle(new ComputeCommand.SettleCapture(id, snapshot.value(), Settlement.SEALED));
        awaitAfter(Instant.now());
        source.handle(new ComputeCommand.RevertInstance(
                id,
                snapshot,
                source.instance(id).spec().spec(),
                captured.parts(),
                MemoryChoice.WITH_MEMORY,
                AfterRevert.RUNNING,
                Optional.empty(),
                RealHost.GRANT));
        awaitAfter(Instant.now());

        source.agent.close();
        source.door.close();
        source = RealHost.restarted(source, bridge.bridges());
        source.start();
        awaitAfter(Instant.now());
        long counter = counter(source);

        long epoch = ((HandedOver) source.handle(new ComputeCommand.HandOver(id, protection))).epoch();
        source.handle(new ComputeCommand.DeleteInstance(id));
        TookOver tookOver = takeOver(List.of(NIC));

        assertThat(tookOver.epoch()).isEqualTo(epoch);
        assertThat(inGuest(standby, "cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
        assertGoesOn(standby, counter);
        assertThat(pings(30)).isTrue();
    }

    /// Whether the guest answers to the host.
    private static boolean pings(int seconds) {
        try {
            return InetAddress.getByName("10.99.0.7").isReachable(seconds * 1000);
        } catch (IOException e) {
            return false;
        }
    }

    private void protect(Duration interval, Output output) {
        StandbyReady ready = (StandbyReady) standby.handle(new ComputeCommand.PrepareStandby(id, protection));
        CommandResult protectedNow = source.handle(new ComputeCommand.ProtectInstance(
                id, protection, ready.url(), ready.secret(), new ProtectionSettings(interval, output)));
        assertThat(protectedNow).isEqualTo(new CommandResult.Completed());
    }

    private TookOver takeOver(List<NicSpec> nics) {
        return (TookOver) standby.handle(new ComputeCommand.TakeOver(
                id,
                protection,
                RealHost.spec(DemoGuest.in(source.store), List.of()).withNics(nics),
                ResumeState.RUNNING));
    }

    private void awaitEpochs(long more) {
        long now = status(source).epoch();
        RealHost.await(more + " epochs", () -> status(source).epoch() >= now + more);
    }

    /// Until an epoch is safe that was taken after this.
    private void awaitAfter(Instant instant) {
        RealHost.await(
                "a later epoch",
                () -> status(source).at().isAfter(instant) && status(source).health() == Health.PROTECTED);
    }

    private ProtectionStatus status(RealHost of) {
        return of.agent.protections().statuses().stream()
                .filter(status -> status.role() == Role.SOURCE)
                .findFirst()
                .orElseThrow();
    }

    private void kill() throws IOException {
        String process = Files.readString(Path.of("/run/libvirt/qemu/stasis-" + id + ".pid"))
                .strip();
        ProcessHandle.of(Long.parseLong(process)).orElseThrow().destroyForcibly();
        RealHost.await("the guest is gone", () -> !GuestShell.answers(id));
    }

    /// A guest that is paused for an epoch at that moment is not asked by libvirt; all that it is asked for may be
    /// done twice.
    private String inGuest(RealHost host, String command) {
        AtomicReference<String> said = new AtomicReference<>("");
        RealHost.await("the guest answers", () -> {
            try {
                said.set(host.inGuest(id, command));
                return true;
            } catch (StasisException e) {
                return false;
            }
        });
        return said.get();
    }

    private long counter(RealHost host) {
        return inGuest(host, "cat /run/probe.state")
                .lines()
                .filter(line -> line.startsWith("counter="))
                .mapToLong(line -> Long.parseLong(line.substring("counter=".length())))
                .findFirst()
                .orElseThrow();
    }

    private void assertGoesOn(RealHost host, long counter) {
        assertThat(counter(host)).isGreaterThanOrEqualTo(counter);
        long now = counter(host);
        RealHost.await("the probe goes on", () -> counter(host) > now + 5);
        assertThat(inGuest(host, "cat /run/probe.state").lines()).contains("failures=0", "memory_failures=0");
        assertThat(host.console(id)).doesNotContain("FAIL");
    }
}
