package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import java.util.List;
import java.util.Optional;

/// Which disks of a server are not yet whole on its host, because it runs while its image is fetched. Read from the
/// host, as its console is: nobody else needs it, and a moment later it is something else.
public final class DiskStreams {
    private final Instances instances;
    private final Fleet fleet;
    private final Grants grants;
    private final Reader reader;

    public DiskStreams(Instances instances, Fleet fleet, Grants grants, Reader reader) {
        this.instances = instances;
        this.fleet = fleet;
        this.grants = grants;
        this.reader = reader;
    }

    /// @param fetched how much of its image is on the host
    /// @param size of its image
    public record DiskStream(DeviceName disk, ByteCount fetched, ByteCount size) {}

    /// Asks a host.
    public interface Reader {
        /// @param capability that lets it
        /// @return none if the host does not have the instance
        /// @throws cloud.stasis.model.StasisException `HYPERVISOR_UNAVAILABLE` if the host is silent
        List<DiskStream> streams(Host host, InstanceId instance, String capability);
    }

    /// None for a server that is on no host.
    ///
    /// @throws cloud.stasis.model.StasisException `HYPERVISOR_UNAVAILABLE`
    public List<DiskStream> of(Caller caller, InstanceId id) {
        Optional<Host> host = instances.visible(caller, id).host().flatMap(fleet::find);
        return host.map(found -> reader.streams(found, id, grants.toReadInstance(id)))
                .orElse(List.of());
    }
}
