package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Flavor;
import cloud.stasis.gateway.compute.Flavors;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.Manifest;
import java.util.Map;
import java.util.Optional;

/// The flavors of servers of which only snapshots are left.
public final class FormerFlavors {
    private final Flavors flavors;

    public FormerFlavors(Flavors flavors) {
        this.flavors = flavors;
    }

    /// The one that the server had, if there is one like it here; else what the machine has.
    public Flavor of(Manifest manifest, InstanceSpec spec) {
        String id = SnapshotDescription.flavor(manifest);
        int memoryMib = Math.toIntExact(spec.memory().mibRoundedUp());
        return flavors.find(id)
                .filter(known -> known.vcpus() == spec.vcpus() && known.memoryMib() == memoryMib)
                .orElseGet(() -> new Flavor(
                        id.isEmpty() ? "restored" : id,
                        "restored",
                        Optional.empty(),
                        spec.vcpus(),
                        memoryMib,
                        Math.toIntExact(spec.disks().getFirst().size().gibRoundedUp()),
                        0,
                        0,
                        1.0,
                        Flavor.Visibility.PRIVATE,
                        Map.of()));
    }
}
