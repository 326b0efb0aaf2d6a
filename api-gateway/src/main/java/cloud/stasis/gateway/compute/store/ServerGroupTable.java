package cloud.stasis.gateway.compute.store;

import cloud.stasis.gateway.compute.ServerGroup;
import cloud.stasis.gateway.compute.ServerGroups;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import io.quarkus.hibernate.orm.panache.PanacheQuery;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The tables `server_group` and `server_group_member`.
@ApplicationScoped
class ServerGroupTable implements ServerGroups, Usage {
    private static final String MEMBERS =
            " from ServerGroupMember m join Instance i on i.id = m.instanceId where m.groupId = ?1 and i.deletedAt is null";

    private final Rows rows;
    private final Members members;

    ServerGroupTable(Rows rows, Members members) {
        this.rows = rows;
        this.members = members;
    }

    @Override
    public Optional<ServerGroup> find(UUID group) {
        return rows.findByIdOptional(group).map(ServerGroupTable::read);
    }

    @Override
    public List<ServerGroup> list(Optional<ProjectId> project, int offset, int limit) {
        if (limit == 0) {
            return List.of();
        }
        PanacheQuery<ServerGroupEntity> found = project.isPresent()
                ? rows.find(
                        "projectId = ?1 order by createdAt, id", project.get().value())
                : rows.find("order by createdAt, id");
        return found.range(offset, offset + limit - 1).stream()
                .map(ServerGroupTable::read)
                .toList();
    }

    @Override
    public Set<Resource> counted() {
        return Set.of(Resource.SERVER_GROUPS);
    }

    @Override
    public Map<Resource, Long> of(ProjectId project) {
        return Map.of(Resource.SERVER_GROUPS, rows.count("projectId = ?1", project.value()));
    }

    @Override
    public void add(ServerGroup group) {
        ServerGroupEntity row = new ServerGroupEntity();
        row.id = group.id();
        row.projectId = group.project().value();
        row.userId = group.user().value();
        row.name = group.name();
        row.policy = group.policy().name();
        row.maxPerHost = group.maxPerHost();
        row.createdAt = group.createdAt();
        rows.persist(row);
    }

    @Override
    public void remove(ServerGroup group) {
        rows.deleteById(group.id());
    }

    @Override
    public List<InstanceId> members(ServerGroup group) {
        return rows
                .getEntityManager()
                .createQuery("select i.id" + MEMBERS + " order by i.createdAt, i.id", UUID.class)
                .setParameter(1, group.id())
                .getResultList()
                .stream()
                .map(InstanceId::new)
                .toList();
    }

    @Override
    public List<HostId> hosts(ServerGroup group) {
        return rows
                .getEntityManager()
                .createQuery("select i.hostId" + MEMBERS + " and i.hostId is not null", String.class)
                .setParameter(1, group.id())
                .getResultList()
                .stream()
                .map(HostId::new)
                .toList();
    }

    @Override
    public void join(InstanceId member, ServerGroup group) {
        ServerGroupMemberEntity row = new ServerGroupMemberEntity();
        row.instanceId = member.value();
        row.groupId = group.id();
        members.persist(row);
    }

    @Override
    public Optional<UUID> of(InstanceId member) {
        return members.findByIdOptional(member.value()).map(row -> row.groupId);
    }

    private static ServerGroup read(ServerGroupEntity row) {
        return new ServerGroup(
                row.id,
                new ProjectId(row.projectId),
                new UserId(row.userId),
                row.name,
                ServerGroup.Policy.valueOf(row.policy),
                row.maxPerHost,
                row.createdAt);
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<ServerGroupEntity, UUID> {}

    @ApplicationScoped
    static class Members implements PanacheRepositoryBase<ServerGroupMemberEntity, UUID> {}
}
