package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.compute.ServerGroup.Policy;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What tenants do with groups of servers. Members join when they are made and leave when they are deleted.
public final class ServerGroupCatalog {
    private final Transactions transactions;
    private final ServerGroups groups;
    private final Quotas quotas;
    private final Clock clock;

    public ServerGroupCatalog(Transactions transactions, ServerGroups groups, Quotas quotas, Clock clock) {
        this.transactions = transactions;
        this.groups = groups;
        this.quotas = quotas;
        this.clock = clock;
    }

    /// @throws StasisException `QUOTA_EXCEEDED`
    public ServerGroup add(Caller caller, String name, Policy policy, int maxPerHost) {
        return transactions.call(() -> {
            quotas.require(caller.project(), Map.of(Resource.SERVER_GROUPS, 1L));
            ServerGroup group = new ServerGroup(
                    UUID.randomUUID(), caller.project(), caller.user(), name, policy, maxPerHost, clock.instant());
            groups.add(group);
            return group;
        });
    }

    /// @param everybody groups of all projects; for administrators
    public List<ServerGroup> list(Caller caller, boolean everybody, int offset, int limit) {
        return transactions.call(
                () -> groups.list(everybody ? Optional.empty() : Optional.of(caller.project()), offset, limit));
    }

    /// @throws StasisException `OBJECT_NOT_FOUND`
    public ServerGroup show(Caller caller, UUID id) {
        return transactions.call(() -> visible(caller, id));
    }

    /// @throws StasisException `OBJECT_NOT_FOUND`
    public void remove(Caller caller, UUID id) {
        transactions.run(() -> groups.remove(visible(caller, id)));
    }

    public List<InstanceId> members(ServerGroup group) {
        return transactions.call(() -> groups.members(group));
    }

    /// The group that the server is in.
    public Optional<UUID> of(InstanceId server) {
        return transactions.call(() -> groups.of(server));
    }

    private ServerGroup visible(Caller caller, UUID id) {
        return groups.find(id)
                .filter(group -> caller.isAdmin() || group.project().equals(caller.project()))
                .orElseThrow(() -> new StasisException(
                        ErrorCode.OBJECT_NOT_FOUND, "Instance group " + id + " could not be found."));
    }
}
