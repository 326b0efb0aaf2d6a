package cloud.stasis.compute.hypervisor;

import cloud.stasis.machine.Machine;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.NetworkId;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Network interfaces and media that a machine is given, and gives back, while it is on.
public interface LiveDevices {
    /// Whether machines of this host can be plugged into a network.
    boolean reaches(NetworkId network);

    /// The network interfaces that it has now.
    Set<MacAddress> nics(InstanceId instance);

    /// Gives it a network interface; its definition gets it when it is next started.
    void attach(InstanceId instance, Machine.Nic nic);

    /// Asks the guest to let a network interface go and returns at once, as [LiveDisks#askFor].
    void askFor(InstanceId instance, Machine.Nic nic);

    /// Plugs the cable in or out, as `nic` says. Repeatable.
    void link(InstanceId instance, Machine.Nic nic);

    /// Puts a medium into a drive or takes it out, whether the guest has locked the drive or not. Repeatable.
    ///
    /// @param medium the file of what `drive` holds
    void change(InstanceId instance, Machine.Drive drive, Optional<Path> medium);
}
