package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;

/// What a guest wrote to its serial console. The one thing that a read fetches from a host: it changes all the
/// time and nobody else needs it.
public final class ConsoleLog {
    private final Instances instances;
    private final Fleet fleet;
    private final Grants grants;
    private final Reader reader;

    public ConsoleLog(Instances instances, Fleet fleet, Grants grants, Reader reader) {
        this.instances = instances;
        this.fleet = fleet;
        this.grants = grants;
        this.reader = reader;
    }

    /// How many lines from the end.
    public record Lines(int count) {
        /// As many as the host gives.
        public static final Lines ALL = new Lines(Integer.MAX_VALUE);

        public static Lines of(int count) {
            return new Lines(count);
        }
    }

    /// Asks a host.
    public interface Reader {
        /// @param capability that lets it
        /// @throws StasisException `HYPERVISOR_UNAVAILABLE` if the host does not answer in time,
        /// `INSTANCE_NOT_FOUND` if it has no such instance
        String read(Host host, InstanceId instance, Lines lines, String capability);
    }

    /// @throws StasisException `WRONG_STATE` if it is not on any host
    public String tail(Caller caller, InstanceId id, Lines lines) {
        Instance instance = instances.visible(caller, id);
        Host host = instance.host()
                .flatMap(fleet::find)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.WRONG_STATE, "Instance " + id + " is not ready: no host has it."));
        return reader.read(host, id, lines, grants.toReadConsole(id));
    }
}
