package cloud.stasis.compute.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.hypervisor.DiskHistory.ExportRequest;
import cloud.stasis.compute.hypervisor.DiskHistory.ExportedDisk;
import cloud.stasis.compute.hypervisor.Guests.FreezeAnswer;
import cloud.stasis.compute.hypervisor.Guests.ThawAnswer;
import cloud.stasis.compute.hypervisor.Memories.Way;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.disks.Backing;
import cloud.stasis.disks.LayerReader;
import cloud.stasis.disks.NbdExport;
import cloud.stasis.disks.NbdServer;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What every hypervisor must do. The tests share one machine, since a real one takes seconds to boot, and each
/// brings it into the state that it needs.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class HypervisorContract {
    /// A disk that the guest leaves alone, so that the tests know every byte of it.
    protected static final DeviceName DISK = new DeviceName("vdc");

    private static final int BLOCK = 64 * 1024;
    private static final AtomicInteger LAYERS = new AtomicInteger(100);

    protected abstract Hypervisor hypervisor();

    /// A machine with a disk [#DISK] of at least 16 MiB, defined, its disks made.
    protected abstract Machine machine();

    protected abstract MachineFiles files();

    /// Where the tests may put files.
    protected abstract Path directory();

    /// Waits until a machine that was resumed can be written to from inside.
    protected abstract void awaitBooted();

    /// As a program in the guest would, past its caches.
    protected abstract void write(long offset, byte[] bytes);

    protected abstract byte[] read(long offset, int length);

    /// Leaves a mark in memory that goes away when the guest boots.
    protected abstract void remember(String word);

    protected abstract String remembered();

    @Test
    void unknownMachineIsNotFound() {
        InstanceId unknown = InstanceId.random();

        assertThat(hypervisor().domains().find(unknown)).isEmpty();
        hypervisor().domains().remove(unknown);
        assertThatThrownBy(() -> hypervisor().domains().resume(unknown))
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.INSTANCE_NOT_FOUND));
    }

    @Test
    void startedMachineIsPausedUntilItIsResumed() {
        off();

        hypervisor().domains().startPaused(id());
        assertThat(state()).isEqualTo(PowerState.PAUSED);
        hypervisor().domains().startPaused(id());
        hypervisor().domains().resume(id());
        assertThat(state()).isEqualTo(PowerState.RUNNING);
        hypervisor().domains().resume(id());
        hypervisor().domains().pause(id());
        hypervisor().domains().pause(id());
        assertThat(state()).isEqualTo(PowerState.PAUSED);
    }

    @Test
    void machineThatIsOffHasItsDisksClosed() {
        running();
        Path layer = layer();
        assertThat(hypervisor().layers().isBeingWritten(layer)).isTrue();

        hypervisor().domains().powerOff(id());
        hypervisor().domains().powerOff(id());

        assertThat(state()).isEqualTo(PowerState.STOPPED);
        assertThat(hypervisor().layers().isBeingWritten(layer)).isFalse();
    }

    @Test
    void listNamesTheMachineWithItsLayers() {
        assertThat(hypervisor().domains().list())
                .filteredOn(domain -> domain.instance().equals(id()))
                .singleElement()
                .satisfies(domain -> assertThat(domain.disks()).containsEntry(DISK, layer()));
    }

    @Test
    void listAnswersWhileOthersComeAndGo() {
        AtomicBoolean over = new AtomicBoolean();
        Thread others = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                Machine other = copyOf(machine());
                hypervisor().domains().define(other, files());
                hypervisor().domains().remove(other.instance());
            }
        });
        try {
            for (int round = 0; round < 100; round++) {
                assertThat(hypervisor().domains().list())
                        .extracting(Domain::instance)
                        .contains(id());
            }
        } finally {
            over.set(true);
            join(others);
        }
    }

    @Test
    void exportShowsTheInstantWhileTheGuestWritesOn() throws Exception {
        running();
        write(0, filled(BLOCK, 1));

        try (DiskExports exports = hypervisor().history().export(id(), request(Optional.empty()))) {
            write(0, filled(BLOCK, 2));
            write(8L * BLOCK, filled(BLOCK, 3));

            assertThat(hypervisor().history().isExporting(id())).isTrue();
            assertThat(bytes(exports.content(DISK), 0)).containsOnly(1);
            assertThat(covers(exports.data(DISK), 0)).isTrue();
        }
        assertThat(hypervisor().history().isExporting(id())).isFalse();
        assertThat(read(0, BLOCK)).containsOnly(2);
        hypervisor().history().endExport(id());
        forgetAll();
    }

    @Test
    void exportTellsWhatWasWrittenSinceACheckpoint() throws Exception {
        running();
        write(0, filled(BLOCK, 1));
        CheckpointName since = CheckpointName.fresh();
        hypervisor().history().mark(id(), since, Set.of(DISK));
        write(16L * BLOCK, filled(BLOCK, 4));

        try (DiskExports exports = hypervisor().history().export(id(), request(Optional.of(since)))) {
            List<Extent> changed = exports.changed(DISK);

            assertThat(covers(changed, 16L * BLOCK)).isTrue();
            assertThat(covers(changed, 0)).isFalse();
            assertThat(bytes(exports.content(DISK), 16L * BLOCK)).containsOnly(4);
        }
        forgetAll();
    }

    @Test
    void exportSetsItsCheckpointAtTheInstant() throws Exception {
        running();
        ExportRequest request = request(Optional.empty());
        hypervisor().history().export(id(), request).close();
        write(24L * BLOCK, filled(BLOCK, 5));

        assertThat(hypervisor().history().checkpoints(id())).contains(request.checkpoint());
        try (DiskExports exports = hypervisor().history().export(id(), request(Optional.of(request.checkpoint())))) {
            assertThat(exports.changed(DISK)).containsExactly(new Extent(24L * BLOCK, BLOCK));
        }
        forgetAll();
    }

    @Test
    void recordsSurviveAPowerOffAndGoWhenTheyAreForgotten() throws Exception {
        running();
        CheckpointName since = CheckpointName.fresh();
        hypervisor().history().mark(id(), since, Set.of(DISK));
        write(32L * BLOCK, filled(BLOCK, 6));
        hypervisor().domains().powerOff(id());

        assertThat(hypervisor().history().isRecorded(since, layer())).isTrue();
        running();
        try (DiskExports exports = hypervisor().history().export(id(), request(Optional.of(since)))) {
            assertThat(covers(exports.changed(DISK), 32L * BLOCK)).isTrue();
        }
        hypervisor().domains().powerOff(id());
        hypervisor().history().forget(id(), since, List.of(layer()));
        hypervisor().history().forget(id(), since, List.of(layer()));

        assertThat(hypervisor().history().isRecorded(since, layer())).isFalse();
        assertThat(hypervisor().history().checkpoints(id())).doesNotContain(since);
        forgetAll();
    }

    @Test
    void exportSinceAnUnknownCheckpointIsRefusedAndBeginsNothing() {
        running();

        assertThatThrownBy(() -> hypervisor().history().export(id(), request(Optional.of(CheckpointName.fresh()))))
                .isInstanceOf(BrokenCheckpointException.class);

        assertThat(hypervisor().history().isExporting(id())).isFalse();
    }

    @Test
    void cutFreezesTheLayersAndTheMemoryOfOneInstant() throws IOException {
        running();
        forgetAll();
        write(0, filled(BLOCK, 7));
        remember("before");
        hypervisor().domains().pause(id());
        Path frozen = layer();
        Map<DeviceName, Path> next = layersOn(files().disks());
        Path memory = directory().resolve("cut.save");

        assertThat(hypervisor().memories().cut(id(), memory, next)).isEqualTo(Way.SAVED);
        assertThat(state()).isEqualTo(PowerState.PAUSED);
        hypervisor().domains().resume(id());
        write(0, filled(BLOCK, 8));
        remember("after");

        assertThat(hypervisor().domains().find(id()).orElseThrow().disks()).isEqualTo(next);
        try (LayerReader reader = hypervisor().layers().open(frozen)) {
            assertThat(bytes(reader, 0)).containsOnly(7);
        }
        hypervisor().domains().powerOff(id());
        Map<DeviceName, Path> again = layersOn(files().disks());
        restorePaused(files(again), memory);
        assertThat(state()).isEqualTo(PowerState.PAUSED);
        hypervisor().domains().resume(id());
        assertThat(read(0, BLOCK)).containsOnly(7);
        assertThat(remembered()).isEqualTo("before");
        off();
        hypervisor().domains().define(machine(), files());
        next.values().forEach(hypervisor().layers()::delete);
        again.values().forEach(hypervisor().layers()::delete);
    }

    @Test
    void machineWithItsRamInAFileIsCutAndSavedAsAnImageOfIt() throws IOException {
        off();
        forgetAll();
        MachineFiles inFile = files().withRam(directory().resolve("ram"));
        RamFile ram = new RamFile(directory().resolve("ram"));
        ram.create(machine().memory());
        HostLayout.giveToQemu(ram.file());
        hypervisor().domains().define(machine(), inFile);
        running();
        write(0, filled(BLOCK, 7));
        remember("before");
        Path memory = directory().resolve("cut.image");
        hypervisor().memories().prepareCut(id(), memory);
        hypervisor().domains().pause(id());
        Map<DeviceName, Path> next = layersOn(files().disks());

        hypervisor().memories().cut(id(), memory, next);
        hypervisor().domains().resume(id());
        write(0, filled(BLOCK, 8));
        remember("after");
        assertThat(RamImage.isOne(memory)).isTrue();
        Path saved = directory().resolve("saved.image");
        List<String> said = new ArrayList<>();
        assertThatThrownBy(() -> hypervisor().memories().save(id(), saved, pause(said, false)))
                .isInstanceOf(StasisException.class);
        assertThat(state()).as("who may have gone on is not powered off").isEqualTo(PowerState.PAUSED);
        hypervisor().domains().resume(id());
        hypervisor().memories().save(id(), saved, pause(said, true));
        assertThat(said).containsExactly("begins", "ends", "begins", "ends");
        assertThat(state()).isEqualTo(PowerState.STOPPED);

        Map<DeviceName, Path> again = layersOn(files().disks());
        restorePaused(inFile.withDisks(again), memory);
        assertThat(state()).isEqualTo(PowerState.PAUSED);
        assertThat(Files.mismatch(ram.file(), memory))
                .as("nothing but what was saved is in the RAM")
                .satisfiesAnyOf(at -> assertThat(at).isEqualTo(-1), at -> assertThat(at)
                        .isGreaterThanOrEqualTo(RamImage.open(memory).ram().bytes()));
        hypervisor().domains().resume(id());
        assertThat(read(0, BLOCK)).containsOnly(7);
        assertThat(remembered()).isEqualTo("before");
        off();
        restorePaused(inFile.withDisks(next), saved);
        hypervisor().domains().resume(id());
        assertThat(read(0, BLOCK)).containsOnly(8);
        assertThat(remembered()).isEqualTo("after");
        off();
        hypervisor().domains().define(machine(), files());
        next.values().forEach(hypervisor().layers()::delete);
        again.values().forEach(hypervisor().layers()::delete);
    }

    private void restorePaused(MachineFiles files, Path memory) {
        hypervisor().domains().define(machine(), files);
        hypervisor().memories().restorePaused(machine(), files, memory);
    }

    @Test
    void savedMachineIsOffAndGoesOnWhereItWas() {
        running();
        remember("saved");
        Path memory = directory().resolve("saved.save");

        hypervisor().memories().save(id(), memory, pause(new ArrayList<>(), true));
        assertThat(state()).isEqualTo(PowerState.STOPPED);
        restorePaused(files(), memory);
        hypervisor().domains().resume(id());

        assertThat(remembered()).isEqualTo("saved");
    }

    @Test
    void diskThatReadsFromTheNetworkMovesOntoAFile() throws IOException {
        off();
        forgetAll();
        byte[] content = filled((int) ByteCount.ofMib(1).bytes(), 9);
        Path raw = directory().resolve("content.raw");
        Path first = directory().resolve("contract-" + LAYERS.incrementAndGet());
        Path second = directory().resolve("contract-" + LAYERS.incrementAndGet());
        hypervisor().layers().create(first, size(DISK), new Backing.Raw(raw));
        CheckpointName since = CheckpointName.fresh();
        try (NbdServer server = NbdServer.open(
                FixedSource.of(content), new NbdExport(directory().resolve("n"), "content"))) {
            HostLayout.giveToQemu(server.export().socket());
            Map<DeviceName, Path> disks = new TreeMap<>(files().disks());
            disks.put(DISK, first);
            hypervisor()
                    .domains()
                    .define(machine(), files().withDisks(disks).withStreams(Map.of(DISK, server.export())));
            running();
            assertThat(hypervisor().liveLayers().streaming(id())).containsExactly(DISK);
            hypervisor().history().mark(id(), since, Set.of(DISK));
            write(2L * BLOCK, filled(BLOCK, 3));
            assertThat(read(BLOCK, BLOCK)).containsOnly(9);

            Files.write(raw, content);
            hypervisor().layers().create(second, size(DISK), new Backing.Raw(raw));
            hypervisor().liveLayers().moveTo(id(), DISK, second, () -> {});
        }

        assertThat(hypervisor().liveLayers().streaming(id())).isEmpty();
        assertThat(hypervisor().domains().find(id()).orElseThrow().disks()).containsEntry(DISK, second);
        assertThat(read(0, BLOCK)).containsOnly(9);
        assertThat(read(2L * BLOCK, BLOCK)).containsOnly(3);
        write(4L * BLOCK, filled(BLOCK, 4));
        try (DiskExports exports = hypervisor().history().export(id(), request(Optional.of(since)))) {
            assertThat(covers(exports.changed(DISK), 2L * BLOCK)).isTrue();
            assertThat(covers(exports.changed(DISK), 4L * BLOCK)).isTrue();
            assertThat(covers(exports.changed(DISK), 8L * BLOCK)).isFalse();
        } catch (BrokenCheckpointException e) {
            throw new AssertionError("checkpoints go with a disk that moves", e);
        }
        off();
        hypervisor().history().checkpoints(id()).forEach(checkpoint -> hypervisor()
                .history()
                .forget(id(), checkpoint, List.of(second)));
        hypervisor().domains().define(machine(), files());
        hypervisor().layers().delete(first);
        hypervisor().layers().delete(second);
    }

    private record FixedSource(byte[] bytes) implements ContentSource {
        static ContentSource of(byte[] bytes) {
            return new FixedSource(bytes);
        }

        @Override
        public ByteCount size() {
            return ByteCount.ofBytes(bytes.length);
        }

        @Override
        public void read(long offset, java.nio.ByteBuffer into) {
            into.put(bytes, (int) offset, into.remaining());
        }
    }

    @Test
    void frozenGuestIsThawedOnce() {
        running();

        assertThat(hypervisor().guests().freeze(id())).isInstanceOf(FreezeAnswer.Frozen.class);
        assertThat(hypervisor().guests().isFrozen(id())).isTrue();
        assertThat(hypervisor().guests().thaw(id())).isEqualTo(ThawAnswer.THAWED);
        assertThat(hypervisor().guests().thaw(id())).isEqualTo(ThawAnswer.NOTHING_FROZEN);
        assertThat(hypervisor().guests().isFrozen(id())).isFalse();
    }

    @Test
    void changesAreTold() {
        AtomicInteger told = new AtomicInteger();
        hypervisor().domains().onChange(changed -> {
            if (changed.equals(id())) {
                told.incrementAndGet();
            }
        });
        running();
        hypervisor().domains().pause(id());
        hypervisor().domains().resume(id());

        long end = System.nanoTime() + 10_000_000_000L;
        while (told.get() < 2) {
            assertThat(System.nanoTime()).as("two changes are told").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static Machine copyOf(Machine machine) {
        return new Machine(
                machine.version(),
                InstanceId.random(),
                machine.name(),
                machine.machineType(),
                machine.virtType(),
                machine.vcpus(),
                machine.memory(),
                machine.boot(),
                machine.disks(),
                machine.bus(),
                machine.random(),
                machine.balloon(),
                machine.nics(),
                machine.drives(),
                machine.uefi(),
                machine.platform());
    }

    private static void join(Thread thread) {
        try {
            assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private InstanceId id() {
        return machine().instance();
    }

    private PowerState state() {
        return hypervisor().domains().find(id()).orElseThrow().state();
    }

    private Path layer() {
        Path layer = files().disks().get(DISK);
        assertThat(layer).isNotNull();
        return layer;
    }

    /// Brings the machine into that state, and waits for its guest.
    protected void running() {
        hypervisor().domains().startPaused(id());
        hypervisor().domains().resume(id());
        awaitBooted();
    }

    private void off() {
        hypervisor().domains().powerOff(id());
    }

    private void forgetAll() {
        hypervisor().history().checkpoints(id()).forEach(checkpoint -> hypervisor()
                .history()
                .forget(id(), checkpoint, List.of(layer())));
    }

    private ExportRequest request(Optional<CheckpointName> since) {
        return new ExportRequest(CheckpointName.fresh(), List.of(new ExportedDisk(DISK, since)), directory());
    }

    private Map<DeviceName, Path> layersOn(Map<DeviceName, Path> below) {
        Map<DeviceName, Path> layers = new TreeMap<>();
        below.forEach((target, file) -> {
            Path layer = directory().resolve("contract-" + LAYERS.incrementAndGet());
            hypervisor().layers().create(layer, size(target), new Backing.Layer(file));
            layers.put(target, layer);
        });
        return layers;
    }

    private ByteCount size(DeviceName target) {
        return machine().disks().stream()
                .filter(disk -> disk.target().equals(target))
                .map(Machine.Disk::size)
                .findFirst()
                .orElseThrow();
    }

    private MachineFiles files(Map<DeviceName, Path> disks) {
        MachineFiles files = files();
        return files.withDisks(disks);
    }

    private static byte[] bytes(ContentSource source, long offset) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
        source.read(offset, bytes);
        return bytes.array();
    }

    protected static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static Memories.Pause pause(List<String> said, boolean isInTime) {
        return new Memories.Pause() {
            @Override
            public void begins() {
                said.add("begins");
            }

            @Override
            public void ends() {
                said.add("ends");
                if (!isInTime) {
                    throw new StasisException(ErrorCode.HYPERVISOR_UNAVAILABLE, "too late");
                }
            }
        };
    }

    private static boolean covers(List<Extent> extents, long offset) {
        return extents.stream().anyMatch(extent -> extent.offset() <= offset && offset < extent.end());
    }
}
