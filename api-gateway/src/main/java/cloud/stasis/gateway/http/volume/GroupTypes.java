package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.GroupType;
import cloud.stasis.gateway.volume.Shelf;
import cloud.stasis.gateway.volume.VolumeGroup;
import cloud.stasis.gateway.volume.VolumeType.Visibility;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/// Types of groups: operators make them, everybody sees the public ones. Each method that changes something is
/// one transaction.
@ApplicationScoped
class GroupTypes {
    private final Transactions transactions;
    private final Shelf<GroupType> types;
    private final Shelf<VolumeGroup> groups;

    GroupTypes(Transactions transactions, Shelf<GroupType> types, Shelf<VolumeGroup> groups) {
        this.transactions = transactions;
        this.types = types;
        this.groups = groups;
    }

    List<GroupType> list(Caller caller) {
        return types.all().stream().filter(type -> isVisible(caller, type)).toList();
    }

    GroupType show(Caller caller, UUID key) {
        return types.find(key).filter(type -> isVisible(caller, type)).orElseThrow(() -> notFound(key.toString()));
    }

    /// By id or by name.
    GroupType usable(Caller caller, String idOrName) {
        return list(caller).stream()
                .filter(type ->
                        type.key().toString().equals(idOrName) || type.name().equals(idOrName))
                .findFirst()
                .orElseThrow(() -> notFound(idOrName));
    }

    void add(GroupType type) {
        transactions.run(() -> {
            requireFree(type);
            types.add(type);
        });
    }

    GroupType change(UUID key, UnaryOperator<GroupType> change) {
        return transactions.call(() -> {
            GroupType changed = change.apply(types.lock(key).orElseThrow(() -> notFound(key.toString())));
            requireFree(changed);
            types.save(changed);
            return changed;
        });
    }

    void remove(UUID key) {
        transactions.run(() -> {
            GroupType gone = types.lock(key).orElseThrow(() -> notFound(key.toString()));
            if (groups.all().stream().anyMatch(group -> group.type().equals(key))) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST, "Target group type is still in use: delete its groups first.");
            }
            types.remove(gone.key());
        });
    }

    private void requireFree(GroupType type) {
        if (types.all().stream()
                .anyMatch(other ->
                        other.name().equals(type.name()) && !other.key().equals(type.key()))) {
            throw new StasisException(ErrorCode.NAME_TAKEN, "Group Type " + type.name() + " already exists.");
        }
    }

    private static boolean isVisible(Caller caller, GroupType type) {
        return caller.isAdmin() || type.visibility() == Visibility.PUBLIC;
    }

    private static StasisException notFound(String name) {
        return new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Group type " + name + " could not be found.");
    }
}
