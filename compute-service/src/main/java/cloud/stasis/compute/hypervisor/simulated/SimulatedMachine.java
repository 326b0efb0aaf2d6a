package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerFold;
import cloud.stasis.disks.NbdClient;
import cloud.stasis.disks.NbdExport;
import cloud.stasis.disks.SparseDisk;
import cloud.stasis.disks.SparseLayers;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// One machine: what it was defined with, its memory, its open disks.
final class SimulatedMachine {
    /// Whatever a machine is said to have: enough to tell two instants apart.
    static final int MEMORY_BYTES = 64 * 1024;

    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(10);

    private final SparseLayers layers;
    private final WriteRecords records;
    private final Set<CheckpointName> checkpoints = new TreeSet<>();
    private final Map<DeviceName, SparseDisk> open = new TreeMap<>();
    private final Map<DeviceName, NbdClient> streaming = new TreeMap<>();
    private Machine machine;
    private MachineFiles files;
    private PowerState state = PowerState.STOPPED;
    private byte[] memory = new byte[MEMORY_BYTES];
    private boolean frozen;
    private Optional<SimulatedExports> exports = Optional.empty();

    SimulatedMachine(SparseLayers layers, WriteRecords records, Machine machine, MachineFiles files) {
        this.layers = layers;
        this.records = records;
        this.machine = machine;
        this.files = files;
    }

    synchronized void define(Machine machine, MachineFiles files) {
        this.machine = machine;
        this.files = files;
    }

    synchronized Domain view() {
        return new Domain(machine.instance(), state, files.disks());
    }

    synchronized boolean isActive() {
        return view().isActive();
    }

    synchronized Machine machine() {
        return machine;
    }

    synchronized void startPaused() {
        if (isActive()) {
            return;
        }
        memory = new byte[MEMORY_BYTES];
        openDisks();
        say("simulated: boot");
        state = PowerState.PAUSED;
    }

    synchronized void startPaused(byte[] saved) {
        requireOff();
        memory = saved.clone();
        openDisks();
        state = PowerState.PAUSED;
    }

    private void openDisks() {
        try {
            files.disks().forEach((target, layer) -> open.put(target, layers.openForWriting(layer, ground(target))));
        } catch (StasisException e) {
            closeDisks();
            throw e;
        }
    }

    /// What a disk reads from the network.
    private Optional<ContentSource> ground(DeviceName target) {
        return Optional.ofNullable(files.streams().get(target))
                .map(export -> streaming.computeIfAbsent(target, ignored -> connect(export)));
    }

    private static NbdClient connect(NbdExport export) {
        try {
            return NbdClient.connect(export, List.of(), CONNECT_DEADLINE);
        } catch (IOException e) {
            throw new StasisException(ErrorCode.HYPERVISOR_FAILED, "a disk cannot be reached", e);
        }
    }

    private void closeDisks() {
        open.values().forEach(SparseDisk::close);
        open.clear();
        streaming.values().forEach(NbdClient::close);
        streaming.clear();
    }

    synchronized Set<DeviceName> streaming() {
        return isActive() ? Set.copyOf(files.streams().keySet()) : Set.of();
    }

    /// The disk goes on in a layer that stands on a file.
    synchronized void moveTo(DeviceName target, Path other) {
        requireActive();
        closeDisks();
        Path before = layer(target);
        layers.copyHeld(before, other);
        records.carry(before, other);
        Map<DeviceName, Path> disks = new TreeMap<>(files.disks());
        disks.put(target, other);
        Map<DeviceName, NbdExport> streams = new TreeMap<>(files.streams());
        streams.remove(target);
        files = files.withDisks(disks).withStreams(streams);
        openDisks();
    }

    synchronized void pause() {
        requireActive();
        state = PowerState.PAUSED;
    }

    synchronized void resume() {
        requireActive();
        state = PowerState.RUNNING;
    }

    synchronized void powerOff() {
        if (isActive()) {
            endExports();
            closeDisks();
            frozen = false;
            say("simulated: off");
            state = PowerState.STOPPED;
        }
    }

    /// The process dies: what was recorded of writes is incomplete.
    synchronized void crash() {
        files.disks().values().forEach(records::lose);
        powerOff();
        state = PowerState.CRASHED;
    }

    /// The file that its RAM is said to be.
    synchronized Optional<Path> ram() {
        return files.ramFile();
    }

    synchronized byte[] memory() {
        return memory.clone();
    }

    synchronized void poke(int offset, byte[] bytes) {
        requireRunning();
        System.arraycopy(bytes, 0, memory, offset, bytes.length);
    }

    synchronized void write(DeviceName disk, long offset, byte[] bytes) {
        requireRunning();
        if (frozen) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the guest's file systems are frozen");
        }
        try {
            SparseDisk target = disk(disk);
            if (exports.isPresent()) {
                exports.get().beforeWrite(disk, offset, bytes.length);
            }
            records.written(layer(disk), offset, bytes.length);
            target.write(offset, ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            throw HostFiles.failure("write to a simulated disk", e);
        }
    }

    synchronized byte[] read(DeviceName disk, long offset, int length) {
        requireActive();
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try {
            disk(disk).read(offset, bytes);
        } catch (IOException e) {
            throw HostFiles.failure("read a simulated disk", e);
        }
        return bytes.array();
    }

    synchronized boolean isFrozen() {
        return frozen;
    }

    synchronized void frozen(boolean now) {
        frozen = now;
    }

    synchronized Set<CheckpointName> checkpoints() {
        return new TreeSet<>(checkpoints);
    }

    synchronized void mark(CheckpointName checkpoint, Set<DeviceName> disks) {
        requireActive();
        checkpoints.add(checkpoint);
        disks.forEach(disk -> records.begin(layer(disk), checkpoint));
    }

    synchronized void forget(CheckpointName checkpoint) {
        checkpoints.remove(checkpoint);
        files.disks().values().forEach(layer -> records.end(layer, checkpoint));
    }

    synchronized void begin(SimulatedExports begun) {
        exports = Optional.of(begun);
    }

    synchronized boolean isExporting() {
        return exports.isPresent();
    }

    synchronized void endExports() {
        exports = Optional.empty();
    }

    /// The disks go on in other layers.
    synchronized void switchTo(Map<DeviceName, Path> other) {
        if (state != PowerState.PAUSED || !other.keySet().equals(open.keySet())) {
            throw new StasisException(ErrorCode.WRONG_STATE, "only a paused machine is cut, with all its disks");
        }
        closeDisks();
        files = files.withDisks(other);
        openDisks();
    }

    synchronized void attach(DeviceName target, Path layer) {
        requireActive();
        open.put(target, layers.openForWriting(layer));
        Map<DeviceName, Path> more = new TreeMap<>(files.disks());
        more.put(target, layer);
        files = files.withDisks(more);
    }

    synchronized void grow(DeviceName target, ByteCount size) {
        requireActive();
        closeDisks();
        layers.grow(layer(target), size);
        openDisks();
    }

    synchronized void detach(DeviceName target) {
        requireActive();
        SparseDisk disk = open.remove(target);
        if (disk != null) {
            disk.close();
        }
        Map<DeviceName, Path> fewer = new TreeMap<>(files.disks());
        fewer.remove(target);
        files = files.withDisks(fewer);
    }

    synchronized void become(Machine other) {
        requireActive();
        machine = other;
    }

    synchronized void fold(LayerFold fold) {
        requireActive();
        closeDisks();
        try {
            layers.fold(fold);
        } finally {
            openDisks();
        }
    }

    synchronized Path layer(DeviceName disk) {
        Path layer = files.disks().get(disk);
        if (layer == null) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "the machine has no disk " + disk);
        }
        return layer;
    }

    synchronized SparseDisk disk(DeviceName target) {
        SparseDisk disk = open.get(target);
        if (disk == null) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the machine has no open disk " + target);
        }
        return disk;
    }

    synchronized void requireActive() {
        if (!isActive()) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the instance is off");
        }
    }

    private void requireRunning() {
        if (state != PowerState.RUNNING) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the instance does not run");
        }
    }

    private void requireOff() {
        if (isActive()) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the instance is on");
        }
    }

    private void say(String line) {
        try {
            Files.writeString(files.console(), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw HostFiles.failure("write to a console", e);
        }
    }
}
