package cloud.stasis.gateway.compute;

import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The stored groups of servers. Changes must be made within a transaction.
public interface ServerGroups {
    Optional<ServerGroup> find(UUID group);

    /// In the order in which they were made.
    ///
    /// @param project empty for all projects
    List<ServerGroup> list(Optional<ProjectId> project, int offset, int limit);

    void add(ServerGroup group);

    void remove(ServerGroup group);

    /// In the order in which they were made.
    List<InstanceId> members(ServerGroup group);

    /// One entry for each member that has a host.
    List<HostId> hosts(ServerGroup group);

    void join(InstanceId member, ServerGroup group);

    Optional<UUID> of(InstanceId member);
}
