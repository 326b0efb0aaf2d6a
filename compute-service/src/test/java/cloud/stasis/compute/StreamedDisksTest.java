package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.store.BaseStreams;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What other commands do with a server whose disk is still on its way.
class StreamedDisksTest {
    private static final long SOON_SECONDS = 30;
    private static final byte[] WORDS = "what the guest wrote".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private final SimulatedHypervisor hypervisor = new SimulatedHypervisor();
    private final MemoryContentStore memory = new MemoryContentStore();
    private final SlowStore store = new SlowStore(memory);
    private SimulatedHost host;
    private InstanceId id;

    @BeforeEach
    void boot() {
        host = agent();
        id = host.boot();
        host.guest(id).write(SimulatedHost.ROOT, 0, WORDS);
    }

    private SimulatedHost agent() {
        return SimulatedHost.streaming(directory, memory, store, hypervisor);
    }

    @AfterEach
    void close() {
        store.release();
        host.close();
    }

    @Test
    void serverRunsBeforeItsImageIsHereAndLeavesTheNetworkAfterwards() {
        assertThat(streaming()).containsExactly(SimulatedHost.ROOT);
        assertShows();

        store.release();

        until("the disk is on a file", () -> streaming().isEmpty());
        assertShows();
        until(
                "nothing is served any more",
                () -> HostLayout.list(host.host.instances().layout().streams()).isEmpty());
        assertThat(host.instance(id).disk(SimulatedHost.ROOT).depth()).isOne();
    }

    @Test
    void storeHoldsWhatStreamsAlsoForTheNextAgent() {
        Content image = image();
        until("the store holds it", () -> store.held().contains(image));
        store.forgetHeld();
        store.away(true);
        host.host.streams().close();
        host = agent();
        until("the next agent asks", () -> store.refused() > 0);

        store.away(false);

        until("the store holds it again", () -> store.held().contains(image));
    }

    @Test
    void saysHowFarADiskIs() {
        assertThat(host.agent.arrivals(id))
                .containsExactly(
                        Map.entry(SimulatedHost.ROOT, new BaseStreams.Arrival(ByteCount.ZERO, image().size())));

        store.release();

        until("nothing is on its way", () -> host.agent.arrivals(id).isEmpty());
    }

    @Test
    void snapshotWaitsForTheImage() throws Exception {
        SnapshotId snapshot = SnapshotId.random();
        CompletableFuture<CommandResult.Captured> captured =
                CompletableFuture.supplyAsync(() -> host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY));
        assertThat(captured).isNotDone();

        store.release();

        CommandResult.Captured taken = captured.get(SOON_SECONDS, TimeUnit.SECONDS);
        assertThat(streaming()).isEmpty();
        assertThat(host.disk(taken, SimulatedHost.ROOT)).startsWith(WORDS).hasSize((int) SimulatedHost.SIZE.bytes());
    }

    @Test
    void rescueLeavesTheServerRunningUntilTheImageIsHere() throws Exception {
        DeviceName rescue = DeviceName.virtio(25);
        DiskSpec root = host.instance(id).spec().spec().disks().getFirst();
        CompletableFuture<CommandResult> rescued =
                CompletableFuture.supplyAsync(() -> host.handle(new ComputeCommand.RescueInstance(
                        id,
                        new DiskSpec(rescue, root.size(), root.source()),
                        new Boot.FromDiskAt(rescue),
                        SimulatedHost.GRANT)));
        assertShows();
        assertThat(rescued).isNotDone();
        assertThat(host.instance(id).machine().targets()).doesNotContain(rescue);

        store.release();

        assertThat(rescued.get(SOON_SECONDS, TimeUnit.SECONDS))
                .isEqualTo(new CommandResult.Observed(PowerState.RUNNING));
        assertThat(streaming()).isEmpty();
        assertThat(host.instance(id).machine().targets()).contains(rescue);
        assertShows();
        host.handle(new ComputeCommand.UnrescueInstance(id, rescue, new Boot.FromDisk()));
        assertThat(host.power(id, PowerAction.START)).isEqualTo(PowerState.RUNNING);
        assertShows();
    }

    @Test
    void rescueThatWaitsIsCancelled() {
        DeviceName rescue = DeviceName.virtio(25);
        DiskSpec root = host.instance(id).spec().spec().disks().getFirst();

        assertThatThrownBy(() -> host.agent.handle(
                        new ComputeCommand.RescueInstance(
                                id,
                                new DiskSpec(rescue, root.size(), root.source()),
                                new Boot.FromDiskAt(rescue),
                                SimulatedHost.GRANT),
                        new Cancelled()))
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.CANCELLED));

        assertThat(host.state(id)).isEqualTo(PowerState.RUNNING);
        assertThat(streaming()).containsExactly(SimulatedHost.ROOT);
        assertShows();
    }

    @Test
    void captureThatWaitsIsCancelled() {
        CommandContext cancelled = new Cancelled();

        assertThatThrownBy(() -> host.agent.handle(
                        new ComputeCommand.CaptureDisks(
                                id, SnapshotId.random().value(), List.of(), Quiesce.NONE, SimulatedHost.GRANT),
                        cancelled))
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.CANCELLED));

        assertThat(streaming()).containsExactly(SimulatedHost.ROOT);
        assertShows();
    }

    @Test
    void powerIsChangedBesideIt() {
        assertThat(host.power(id, PowerAction.PAUSE)).isEqualTo(PowerState.PAUSED);
        assertThat(host.power(id, PowerAction.UNPAUSE)).isEqualTo(PowerState.RUNNING);
        assertThat(host.power(id, PowerAction.STOP)).isEqualTo(PowerState.STOPPED);
        assertThat(host.power(id, PowerAction.START)).isEqualTo(PowerState.RUNNING);
        assertThat(streaming()).containsExactly(SimulatedHost.ROOT);
        assertShows();
        assertThat(host.power(id, PowerAction.STOP)).isEqualTo(PowerState.STOPPED);

        store.release();

        until(
                "the image is here",
                () -> !HostLayout.list(host.host.instances().layout().base()).isEmpty()
                        && HostLayout.list(host.host.instances().layout().streams())
                                .isEmpty());
        assertThat(host.power(id, PowerAction.START)).isEqualTo(PowerState.RUNNING);
        assertThat(streaming()).isEmpty();
        assertShows();
    }

    @Test
    void deletedServerLeavesNothing() {
        host.handle(new ComputeCommand.DeleteInstance(id));

        until(
                "nothing is served any more",
                () -> HostLayout.list(host.host.instances().layout().streams()).isEmpty());
        assertThat(HostLayout.list(host.host.instances().layout().base())).isEmpty();
    }

    @Test
    void secondServerSharesTheStream() {
        InstanceId other = host.boot();
        host.handle(new ComputeCommand.DeleteInstance(id));
        assertThat(host.hypervisor.liveLayers().streaming(other)).containsExactly(SimulatedHost.ROOT);

        store.release();

        until(
                "the disk is on a file",
                () -> host.hypervisor.liveLayers().streaming(other).isEmpty());
        assertThat(host.guest(other).read(SimulatedHost.ROOT, SimulatedHost.BLOCK, 1))
                .containsExactly(2);
    }

    @Test
    void nextAgentGoesOn() {
        // As a kill does: nothing is ended, nobody answers any more.
        host.host.streams().close();
        host = agent();

        store.release();

        until("the disk is on a file", () -> streaming().isEmpty());
        assertShows();
    }

    @Test
    void guestWaitsForAStoreThatIsAway() {
        // More than what is asked of the store at once.
        byte[] image = new byte[32 * SimulatedHost.BLOCK];
        Arrays.fill(image, (byte) 7);
        InstanceSpec large = host.spec()
                .withDisks(List.of(new DiskSpec(
                        SimulatedHost.ROOT,
                        ByteCount.ofBytes(image.length),
                        new DiskSource.OverImage(host.upload(image)))));
        InstanceId other = host.boot(large);
        store.away(true);
        CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(
                () -> host.guest(other).read(SimulatedHost.ROOT, 30L * SimulatedHost.BLOCK, 1));
        until("somebody waits", () -> store.refused() > 1);
        assertThat(read).isNotDone();

        store.away(false);

        assertThat(read.orTimeout(SOON_SECONDS, TimeUnit.SECONDS).join()).containsExactly(7);
    }

    @Test
    void serverDoesNotStartWithoutTheStoreAndLeavesNothing() {
        host.handle(new ComputeCommand.DeleteInstance(id));
        store.away(true);

        assertThatThrownBy(host::boot)
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.STORE_UNAVAILABLE));

        assertThat(hypervisor.domains().list()).isEmpty();
    }

    /// What the root disk stands on.
    private Content image() {
        LayeredDisk root = host.instance(id).disk(SimulatedHost.ROOT);
        return root.known(root.active()).content();
    }

    private Set<DeviceName> streaming() {
        return hypervisor.liveLayers().streaming(id);
    }

    private void assertShows() {
        assertThat(host.guest(id).read(SimulatedHost.ROOT, 0, WORDS.length)).isEqualTo(WORDS);
        assertThat(host.guest(id).read(SimulatedHost.ROOT, SimulatedHost.BLOCK, 1))
                .containsExactly(2);
        assertThat(host.guest(id).read(SimulatedHost.ROOT, SimulatedHost.SIZE.bytes() - 1, 1))
                .containsExactly(0);
    }

    private static void until(String what, BooleanSupplier condition) {
        RealHost.await(what, Duration.ofSeconds(SOON_SECONDS), condition::getAsBoolean);
    }

    /// Of a command that somebody asked to stop.
    private record Cancelled(CommandId id) implements CommandContext {
        Cancelled() {
            this(CommandId.random());
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public void progress(Phase phase, ByteCount done, ByteCount total) {}

        @Override
        public boolean isCancelled() {
            return true;
        }
    }
}
