package cloud.stasis.gateway.metadef;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.Visibility;
import cloud.stasis.gateway.metadef.Definition.Draft;
import cloud.stasis.gateway.metadef.Definition.Kind;
import cloud.stasis.gateway.metadef.MetadefTable.ResourceType;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/// What callers may do with metadata definitions. Every method must be called within a transaction.
public final class MetadefCatalog {
    private final MetadefTable table;
    private final Clock clock;

    public MetadefCatalog(MetadefTable table, Clock clock) {
        this.table = table;
        this.clock = clock;
    }

    /// @throws StasisException `OBJECT_NOT_FOUND` unless it is there and visible to the caller
    public Namespace visible(Caller caller, MetadefName name) {
        MetadefAction.READ.check(caller);
        return table.find(name)
                .filter(found -> isVisible(caller, found))
                .orElseThrow(() -> notFound("namespace", name));
    }

    public List<Namespace> list(Caller caller) {
        MetadefAction.READ.check(caller);
        return table.namespaces().stream()
                .filter(namespace -> isVisible(caller, namespace))
                .toList();
    }

    /// With all that is to stand in it from the beginning.
    public Namespace create(Caller caller, Namespace.Details details, List<Draft> drafts) {
        MetadefAction.ADD_NAMESPACE.check(caller);
        checkFree(details.name());
        if (table.namespaces().size() >= MetadefLimits.NAMESPACES) {
            throw full(MetadefLimits.NAMESPACES + " namespaces");
        }
        Instant now = clock.instant();
        Namespace made = table.add(new Namespace(Namespace.NEW, details, now, now));
        drafts.forEach(draft -> add(made, draft));
        return made;
    }

    public Namespace change(Caller caller, MetadefName name, Namespace.Details details) {
        Namespace before = lockedFor(MetadefAction.CHANGE_NAMESPACE, caller, name);
        if (!details.name().equals(name)) {
            checkFree(details.name());
        }
        Namespace changed = new Namespace(before.id(), details, before.createdAt(), clock.instant());
        table.save(changed);
        return changed;
    }

    public void delete(Caller caller, MetadefName name) {
        Namespace namespace = lockedFor(MetadefAction.DELETE_NAMESPACE, caller, name);
        checkOpen(namespace);
        table.remove(namespace);
    }

    /// In the order in which they were made.
    public List<Definition> definitions(Caller caller, MetadefName namespace, Kind kind) {
        return table.definitions(visible(caller, namespace), kind);
    }

    public Definition definition(Caller caller, MetadefName namespace, Kind kind, MetadefName name) {
        return present(visible(caller, namespace), kind, name);
    }

    public Definition define(Caller caller, MetadefName namespace, Draft draft) {
        return add(lockedFor(MetadefAction.CHANGE_DEFINITIONS, caller, namespace), draft);
    }

    /// All or none of them.
    public List<Definition> define(Caller caller, MetadefName namespace, List<Draft> drafts) {
        Namespace locked = lockedFor(MetadefAction.CHANGE_DEFINITIONS, caller, namespace);
        return drafts.stream().map(draft -> add(locked, draft)).toList();
    }

    /// These instead of all of the kind that are there.
    public List<Definition> replaceAll(Caller caller, MetadefName namespace, Kind kind, List<Draft> drafts) {
        Namespace locked = lockedFor(MetadefAction.CHANGE_DEFINITIONS, caller, namespace);
        if (table.count(locked, kind) > 0) {
            checkOpen(locked);
            table.removeAll(locked, kind);
        }
        return drafts.stream().map(draft -> add(locked, draft)).toList();
    }

    /// Also gives it another name, if the draft has one.
    public Definition redefine(Caller caller, MetadefName namespace, MetadefName name, Draft draft) {
        Namespace locked = lockedFor(MetadefAction.CHANGE_DEFINITIONS, caller, namespace);
        Definition before = present(locked, draft.kind(), name);
        if (!draft.name().equals(name)) {
            checkFree(locked, draft);
        }
        Definition changed =
                new Definition(draft.kind(), draft.name(), draft.content(), before.createdAt(), clock.instant());
        table.save(locked, name, changed);
        return changed;
    }

    public void undefine(Caller caller, MetadefName namespace, Kind kind, MetadefName name) {
        Namespace locked = lockedFor(MetadefAction.CHANGE_DEFINITIONS, caller, namespace);
        Definition definition = present(locked, kind, name);
        checkOpen(locked);
        table.remove(locked, definition);
    }

    public void undefineAll(Caller caller, MetadefName namespace, Kind kind) {
        Namespace locked = lockedFor(MetadefAction.CHANGE_DEFINITIONS, caller, namespace);
        checkOpen(locked);
        table.removeAll(locked, kind);
    }

    public List<ResourceType> resourceTypes(Caller caller) {
        MetadefAction.READ.check(caller);
        return table.resourceTypes();
    }

    private Definition add(Namespace namespace, Draft draft) {
        checkFree(namespace, draft);
        if (table.count(namespace, draft.kind()) >= MetadefLimits.DEFINITIONS) {
            throw full(MetadefLimits.DEFINITIONS + " definitions of the kind "
                    + draft.kind().word());
        }
        if (draft.kind() == Kind.RESOURCE_TYPE) {
            know(draft.name());
        }
        Instant now = clock.instant();
        Definition definition = new Definition(draft.kind(), draft.name(), draft.content(), now, now);
        table.add(namespace, definition);
        return definition;
    }

    private void know(MetadefName resourceType) {
        List<MetadefName> known =
                table.resourceTypes().stream().map(ResourceType::name).toList();
        if (!known.contains(resourceType)) {
            if (known.size() >= MetadefLimits.RESOURCE_TYPES) {
                throw full(MetadefLimits.RESOURCE_TYPES + " resource types");
            }
            table.know(resourceType);
        }
    }

    private Namespace lockedFor(MetadefAction action, Caller caller, MetadefName name) {
        Namespace namespace = table.lock(name)
                .filter(found -> isVisible(caller, found))
                .orElseThrow(() -> notFound("namespace", name));
        action.check(caller);
        return namespace;
    }

    private Definition present(Namespace namespace, Kind kind, MetadefName name) {
        return table.definition(namespace, kind, name).orElseThrow(() -> notFound(kind.word(), name));
    }

    private void checkFree(MetadefName name) {
        if (table.find(name).isPresent()) {
            throw taken("namespace", name);
        }
    }

    private void checkFree(Namespace namespace, Draft draft) {
        if (table.definition(namespace, draft.kind(), draft.name()).isPresent()) {
            throw taken(draft.kind().word(), draft.name());
        }
    }

    private static void checkOpen(Namespace namespace) {
        if (namespace.isProtected()) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED,
                    "Metadata definition namespace " + namespace.name()
                            + " is protected: nothing in it can be deleted.");
        }
    }

    private static boolean isVisible(Caller caller, Namespace namespace) {
        return caller.isAdmin()
                || namespace.details().visibility() == Visibility.PUBLIC
                || namespace.details().owner().equals(caller.project());
    }

    private static StasisException notFound(String what, MetadefName name) {
        return new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Metadata definition " + what + " not found: " + name);
    }

    private static StasisException taken(String what, MetadefName name) {
        return new StasisException(
                ErrorCode.NAME_TAKEN, "A metadata definition " + what + " with name " + name + " already exists.");
    }

    private static StasisException full(String limit) {
        return new StasisException(ErrorCode.QUOTA_EXCEEDED, "There are " + limit + " already: delete some first.");
    }
}
