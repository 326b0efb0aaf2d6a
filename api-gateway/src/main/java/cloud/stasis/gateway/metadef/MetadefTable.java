package cloud.stasis.gateway.metadef;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The rows. Every method belongs into a transaction of the caller's, and is undone with it.
public interface MetadefTable {
    Optional<Namespace> find(MetadefName namespace);

    /// Until the transaction ends, nobody else has the lock.
    Optional<Namespace> lock(MetadefName namespace);

    /// All of them, in the order in which they were made.
    List<Namespace> namespaces();

    /// @return with the id that it got
    Namespace add(Namespace namespace);

    void save(Namespace namespace);

    /// With everything that stands in it.
    void remove(Namespace namespace);

    /// In the order in which they were made.
    List<Definition> definitions(Namespace namespace, Definition.Kind kind);

    int count(Namespace namespace, Definition.Kind kind);

    Optional<Definition> definition(Namespace namespace, Definition.Kind kind, MetadefName name);

    void add(Namespace namespace, Definition definition);

    /// @param name before the change
    void save(Namespace namespace, MetadefName name, Definition changed);

    void remove(Namespace namespace, Definition definition);

    void removeAll(Namespace namespace, Definition.Kind kind);

    List<ResourceType> resourceTypes();

    /// No effect if it is known.
    void know(MetadefName resourceType);

    /// Something that a namespace can be meant for.
    record ResourceType(MetadefName name, Instant createdAt) {}
}
