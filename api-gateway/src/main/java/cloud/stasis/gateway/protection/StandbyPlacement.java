package cloud.stasis.gateway.protection;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.ServerGroup;
import cloud.stasis.gateway.compute.ServerGroups;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.fleet.Placement;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StasisException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Chooses the host of a standby: never the one where the server runs, nor one that still has remains of it, nor
/// one that its group keeps free of it. What a standby needs there is reserved as long as it is kept.
public final class StandbyPlacement {
    private final Fleet fleet;
    private final Instances instances;
    private final ServerGroups groups;
    private final ProtectionRows rows;

    public StandbyPlacement(Fleet fleet, Instances instances, ServerGroups groups, ProtectionRows rows) {
        this.fleet = fleet;
        this.instances = instances;
        this.groups = groups;
        this.rows = rows;
    }

    /// Within a transaction; nobody else places anything before it ends.
    ///
    /// @param wanted the host that an operator names
    /// @throws StasisException `WRONG_STATE` if there is none; `INVALID_REQUEST` if the named one is not there or
    /// is the server's own
    HostId place(Instance server, HostId source, Optional<HostId> wanted, Instant now) {
        List<Host> hosts = fleet.lockHosts();
        wanted.ifPresent(asked -> requireOther(hosts, source, asked));
        List<HostId> unclean = rows.of(server.id()).stream()
                .filter(former -> former.state().isOver())
                .map(Protection::source)
                .toList();
        List<Host> others = apart(server, hosts).stream()
                .filter(host -> !host.id().equals(source))
                .filter(host -> !unclean.contains(host.id()))
                .filter(host -> wanted.isEmpty() || wanted.get().equals(host.id()))
                .toList();
        try {
            return Placement.host(others, instances.loads(), server.load(), now).id();
        } catch (StasisException e) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Instance " + server.id() + " cannot be protected: "
                            + wanted.map(host -> "host " + host + " cannot keep a standby of it now")
                                    .orElse("there is no other host that could keep a standby of it")
                            + (unclean.isEmpty()
                                    ? "."
                                    : "; what is left of it on " + unclean + " is removed once that host is back."),
                    e);
        }
    }

    private static void requireOther(List<Host> hosts, HostId source, HostId asked) {
        if (hosts.stream().noneMatch(host -> host.id().equals(asked))) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "Compute host " + asked + " could not be found.");
        }
        if (asked.equals(source)) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "The server itself is on host " + asked + ": its standby must be on another one.");
        }
    }

    /// A group that keeps its members together does not keep a standby from being elsewhere.
    private List<Host> apart(Instance server, List<Host> hosts) {
        return groups.of(server.id())
                .flatMap(groups::find)
                .filter(group -> group.policy() == ServerGroup.Policy.ANTI_AFFINITY)
                .map(group -> group.allowed(hosts, groups.hosts(group)))
                .orElse(hosts);
    }
}
