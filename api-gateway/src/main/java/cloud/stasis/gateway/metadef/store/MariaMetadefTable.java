package cloud.stasis.gateway.metadef.store;

import cloud.stasis.gateway.metadef.Definition;
import cloud.stasis.gateway.metadef.Definition.Kind;
import cloud.stasis.gateway.metadef.MetadefName;
import cloud.stasis.gateway.metadef.MetadefTable;
import cloud.stasis.gateway.metadef.Namespace;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import org.hibernate.Session;
import org.hibernate.query.SelectionQuery;

@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class MariaMetadefTable implements MetadefTable {
    private final Session session;

    MariaMetadefTable(Session session) {
        this.session = session;
    }

    @Override
    public Optional<Namespace> find(MetadefName namespace) {
        return byName(namespace).uniqueResultOptional().map(NamespaceEntity::toNamespace);
    }

    @Override
    public Optional<Namespace> lock(MetadefName namespace) {
        return byName(namespace)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .uniqueResultOptional()
                .map(NamespaceEntity::toNamespace);
    }

    @Override
    public List<Namespace> namespaces() {
        return session.createSelectionQuery("from NamespaceEntity order by id", NamespaceEntity.class)
                .getResultStream()
                .map(NamespaceEntity::toNamespace)
                .toList();
    }

    @Override
    public Namespace add(Namespace namespace) {
        NamespaceEntity row = new NamespaceEntity();
        row.take(namespace);
        session.persist(row);
        return row.toNamespace();
    }

    @Override
    public void save(Namespace namespace) {
        session.find(NamespaceEntity.class, namespace.id().value()).take(namespace);
    }

    @Override
    public void remove(Namespace namespace) {
        session.remove(session.find(NamespaceEntity.class, namespace.id().value()));
    }

    @Override
    public List<Definition> definitions(Namespace namespace, Kind kind) {
        return session.createSelectionQuery(
                        "from DefinitionEntity where namespaceId = :namespace and kind = :kind order by id",
                        DefinitionEntity.class)
                .setParameter("namespace", namespace.id().value())
                .setParameter("kind", kind.name())
                .getResultStream()
                .map(DefinitionEntity::toDefinition)
                .toList();
    }

    @Override
    public int count(Namespace namespace, Kind kind) {
        return session.createSelectionQuery(
                        "select count(*) from DefinitionEntity where namespaceId = :namespace and kind = :kind",
                        Long.class)
                .setParameter("namespace", namespace.id().value())
                .setParameter("kind", kind.name())
                .getSingleResult()
                .intValue();
    }

    @Override
    public Optional<Definition> definition(Namespace namespace, Kind kind, MetadefName name) {
        return byName(namespace, kind, name).uniqueResultOptional().map(DefinitionEntity::toDefinition);
    }

    @Override
    public void add(Namespace namespace, Definition definition) {
        DefinitionEntity row = new DefinitionEntity();
        row.namespaceId = namespace.id().value();
        row.take(definition);
        session.persist(row);
    }

    @Override
    public void save(Namespace namespace, MetadefName name, Definition changed) {
        byName(namespace, changed.kind(), name).getSingleResult().take(changed);
    }

    @Override
    public void remove(Namespace namespace, Definition definition) {
        session.remove(byName(namespace, definition.kind(), definition.name()).getSingleResult());
    }

    @Override
    public void removeAll(Namespace namespace, Kind kind) {
        session.createMutationQuery("delete from DefinitionEntity where namespaceId = :namespace and kind = :kind")
                .setParameter("namespace", namespace.id().value())
                .setParameter("kind", kind.name())
                .executeUpdate();
    }

    @Override
    public List<ResourceType> resourceTypes() {
        return session.createSelectionQuery(
                        "from ResourceTypeEntity order by createdAt, name", ResourceTypeEntity.class)
                .getResultStream()
                .map(ResourceTypeEntity::toResourceType)
                .toList();
    }

    @Override
    public void know(MetadefName resourceType) {
        // Two namespaces may name a new one at the same time.
        session.createNativeMutationQuery(
                        "insert ignore into metadef_resource_type (name, created_at) values (:name, utc_timestamp(6))")
                .setParameter("name", resourceType.value())
                .executeUpdate();
    }

    private SelectionQuery<NamespaceEntity> byName(MetadefName name) {
        return session.createSelectionQuery("from NamespaceEntity where name = :name", NamespaceEntity.class)
                .setParameter("name", name.value());
    }

    private SelectionQuery<DefinitionEntity> byName(Namespace namespace, Kind kind, MetadefName name) {
        return session.createSelectionQuery("""
                        from DefinitionEntity where namespaceId = :namespace and kind = :kind and name = :name
                        """, DefinitionEntity.class)
                .setParameter("namespace", namespace.id().value())
                .setParameter("kind", kind.name())
                .setParameter("name", name.value());
    }
}
