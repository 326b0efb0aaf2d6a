package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.SourceImage;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.ServerDisks;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Part;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The disks of snapshots, for whoever makes volumes of them.
public record SnapshotDisks(Snapshots snapshots, Instances instances) implements ServerDisks {
    @Override
    public ServerDisk find(Caller caller, SnapshotId id, Optional<DeviceName> disk) {
        Snapshot snapshot = snapshots.show(caller, id);
        if (snapshot.sealed().isEmpty() || snapshot.state() instanceof SnapshotState.Deleting) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Cannot make a volume of snapshot " + id + " while it is "
                            + snapshot.state().status() + ".");
        }
        DeviceName root = snapshot.spec().disks().getFirst().target();
        DeviceName wanted = disk.orElse(root);
        Part.Disk found = snapshot.sealed().get().manifest().parts().stream()
                .filter(Part.Disk.class::isInstance)
                .map(Part.Disk.class::cast)
                .filter(part -> part.target().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST, "Snapshot " + id + " has no disk " + wanted + "."));
        boolean isRoot = wanted.equals(root);
        return new ServerDisk(found.content(), isRoot ? image(snapshot) : Map.of(), isRoot);
    }

    /// A volume of the root disk boots as the server did.
    private Map<String, String> image(Snapshot snapshot) {
        Map<String, String> said = new TreeMap<>();
        Optional<SourceImage> image = instances.ever(snapshot.instance()).flatMap(found -> found.image());
        image.ifPresent(source -> {
            said.putAll(source.properties());
            said.put("image_id", source.id().toString());
            said.put("min_ram", Integer.toString(source.minRamMib()));
        });
        return said;
    }
}
