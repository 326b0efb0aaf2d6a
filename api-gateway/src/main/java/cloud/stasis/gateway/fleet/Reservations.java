package cloud.stasis.gateway.fleet;

import cloud.stasis.model.HostId;
import java.util.Map;

/// What hosts keep free for servers that are not on them.
public interface Reservations {
    /// A host that is not named keeps nothing.
    Map<HostId, Load> reserved();
}
