package cloud.stasis.compute.hypervisor;

import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.machine.Machine;
import cloud.stasis.machine.Platform;
import cloud.stasis.model.InstanceId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Machines of this agent and whether they run. Each call is repeatable: asking for what is so already succeeds.
public interface Domains {
    /// All that this agent defined, whatever their state.
    List<Domain> list();

    Optional<Domain> find(InstanceId instance);

    /// Makes a machine known, or gives one that is off other devices or files. Durable.
    void define(Machine machine, MachineFiles files);

    /// Powers a machine on up to, but not including, its first instruction.
    void startPaused(InstanceId instance);

    void pause(InstanceId instance);

    void resume(InstanceId instance);

    /// Presses the power button, through the guest agent or ACPI, and returns at once.
    void askToPowerOff(InstanceId instance);

    /// Pulls the plug. Afterwards no process has the disks open.
    void powerOff(InstanceId instance);

    /// Forgets a machine that is off, with every checkpoint. Its files stay. Succeeds if it is not known.
    void remove(InstanceId instance);

    /// Whether a save or a cut that a former process of this agent asked for is still going on.
    boolean isBusy(InstanceId instance);

    /// What the hypervisor knows of the machine, in its own format: for people and diagnosis.
    String describe(InstanceId instance);

    /// With the CPU and the generation that the guest of a machine sees now; `known` if it is off, or the hypervisor
    /// does not tell.
    Platform seen(InstanceId instance, Platform known);

    /// Hears of each machine whose state may have changed, on a thread that must not be blocked.
    void onChange(Consumer<InstanceId> listener);
}
