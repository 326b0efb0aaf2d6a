package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.compute.hypervisor.DiskHistory;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.hypervisor.Domains;
import cloud.stasis.compute.hypervisor.Guests;
import cloud.stasis.compute.hypervisor.HostCapacity;
import cloud.stasis.compute.hypervisor.Hypervisor;
import cloud.stasis.compute.hypervisor.LiveDevices;
import cloud.stasis.compute.hypervisor.LiveDisks;
import cloud.stasis.compute.hypervisor.LiveInstants;
import cloud.stasis.compute.hypervisor.LiveLayers;
import cloud.stasis.compute.hypervisor.Memories;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.disks.LayerFiles;
import cloud.stasis.disks.LayerFold;
import cloud.stasis.disks.SparseLayers;
import cloud.stasis.machine.Machine;
import cloud.stasis.machine.Platform;
import cloud.stasis.machine.VirtType;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// A host full of simulated machines.
public final class SimulatedHypervisor implements Hypervisor {
    private static final String MACHINE_TYPE = "simulated-1";
    private static final HostCapacity CAPACITY = new HostCapacity(64, ByteCount.ofGib(256));

    private final SparseLayers layers = new SparseLayers();
    private final Ram ram;
    private final WriteRecords records = new WriteRecords();
    private final Faults faults = new Faults();
    private final Map<InstanceId, SimulatedMachine> machines = new ConcurrentHashMap<>();
    private final List<Consumer<InstanceId>> listeners = new CopyOnWriteArrayList<>();
    private final Domains domains = new SimulatedDomains();
    private final Guests guests = new SimulatedGuests(this);
    private final DiskHistory history;
    private final Memories memories = new SimulatedMemories(this);
    private final LiveLayers liveLayers = new SimulatedLayers();
    private final LiveDisks liveDisks = new SimulatedDisks();
    private final LiveDevices liveDevices = new SimulatedDevices(this);

    /// Whether guests keep their RAM in files, as on a host whose file system can share blocks.
    public enum Ram {
        ANONYMOUS,
        IN_FILES
    }

    public SimulatedHypervisor() {
        this(Ram.ANONYMOUS);
    }

    public SimulatedHypervisor(Ram ram) {
        this(ram, CaptureStrategy.BITMAP);
    }

    public SimulatedHypervisor(Ram ram, CaptureStrategy strategy) {
        this.ram = ram;
        this.history = new SimulatedHistory(this, records, strategy);
    }

    boolean keepsRamInFiles() {
        return ram == Ram.IN_FILES;
    }

    public Faults faults() {
        return faults;
    }

    /// The inside of a machine.
    public SimulatedGuest guest(InstanceId instance) {
        return new SimulatedGuest(machine(instance));
    }

    @Override
    public String version() {
        return "simulated";
    }

    @Override
    public Machine.Board board() {
        return new Machine.Board(MACHINE_TYPE, VirtType.SIMULATED);
    }

    @Override
    public Optional<Cpu> cpu() {
        return Optional.empty();
    }

    @Override
    public HostCapacity capacity() {
        return CAPACITY;
    }

    @Override
    public Domains domains() {
        return domains;
    }

    @Override
    public Guests guests() {
        return guests;
    }

    @Override
    public DiskHistory history() {
        return history;
    }

    @Override
    public Memories memories() {
        return memories;
    }

    @Override
    public LiveLayers liveLayers() {
        return liveLayers;
    }

    @Override
    public LiveDisks liveDisks() {
        return liveDisks;
    }

    @Override
    public LiveDevices liveDevices() {
        return liveDevices;
    }

    @Override
    public LiveInstants liveInstants() {
        return new SimulatedInstants();
    }

    @Override
    public LayerFiles layers() {
        return layers;
    }

    @Override
    public void close() {
        machines.values().forEach(SimulatedMachine::powerOff);
    }

    SimulatedMachine machine(InstanceId instance) {
        SimulatedMachine machine = machines.get(instance);
        if (machine == null) {
            throw new StasisException(
                    ErrorCode.INSTANCE_NOT_FOUND, "the instance is not on this host; it may have been deleted");
        }
        return machine;
    }

    Optional<SimulatedMachine> known(InstanceId instance) {
        return Optional.ofNullable(machines.get(instance));
    }

    void changed(InstanceId instance) {
        listeners.forEach(listener -> listener.accept(instance));
    }

    private final class SimulatedDomains implements Domains {
        @Override
        public List<Domain> list() {
            return machines.values().stream().map(SimulatedMachine::view).toList();
        }

        @Override
        public Optional<Domain> find(InstanceId instance) {
            return known(instance).map(SimulatedMachine::view);
        }

        @Override
        public void define(Machine machine, MachineFiles files) {
            machines.computeIfAbsent(
                            machine.instance(), ignored -> new SimulatedMachine(layers, records, machine, files))
                    .define(machine, files);
        }

        @Override
        public void startPaused(InstanceId instance) {
            faults.beforeStart();
            machine(instance).startPaused();
            changed(instance);
        }

        @Override
        public void pause(InstanceId instance) {
            machine(instance).pause();
            changed(instance);
        }

        @Override
        public void resume(InstanceId instance) {
            machine(instance).resume();
            changed(instance);
        }

        @Override
        public void askToPowerOff(InstanceId instance) {
            if (!faults.ignoresPowerButton()) {
                powerOff(instance);
            }
        }

        @Override
        public void powerOff(InstanceId instance) {
            machine(instance).powerOff();
            changed(instance);
        }

        @Override
        public void remove(InstanceId instance) {
            machines.remove(instance);
        }

        @Override
        public boolean isBusy(InstanceId instance) {
            return false;
        }

        @Override
        public String describe(InstanceId instance) {
            return "<simulated>" + machine(instance).machine().instance() + "</simulated>";
        }

        @Override
        public Platform seen(InstanceId instance, Platform known) {
            return known;
        }

        @Override
        public void onChange(Consumer<InstanceId> listener) {
            listeners.add(listener);
        }
    }

    private final class SimulatedLayers implements LiveLayers {
        @Override
        public Set<DeviceName> streaming(InstanceId instance) {
            return machine(instance).streaming();
        }

        @Override
        public void moveTo(InstanceId instance, DeviceName disk, Path layer, Runnable pulse) {
            pulse.run();
            machine(instance).moveTo(disk, layer);
        }

        @Override
        public void fold(InstanceId instance, DeviceName disk, LayerFold fold) {
            faults.beforeFold();
            machine(instance).fold(fold);
        }

        @Override
        public void switchTo(InstanceId instance, Map<DeviceName, Path> switched) {
            faults.beforeCut();
            machine(instance).switchTo(switched);
        }
    }

    private final class SimulatedDisks implements LiveDisks {
        @Override
        public void attach(InstanceId instance, Machine.Disk disk, Path layer) {
            machine(instance).attach(disk.target(), layer);
        }

        @Override
        public void grow(InstanceId instance, DeviceName target, ByteCount size) {
            machine(instance).grow(target, size);
        }

        @Override
        public void askFor(InstanceId instance, Machine.Disk disk, Path layer) {
            machine(instance).detach(disk.target());
        }

        /// A simulated machine is defined with what it has.
        @Override
        public void forget(InstanceId instance, Machine.Disk disk, Path layer) {}
    }
}
