package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.function.UnaryOperator;

/// What operators and tenants do with types of volumes. Each method is one transaction.
public final class VolumeTypeCatalog {
    private final Transactions transactions;
    private final VolumeTypes types;

    public VolumeTypeCatalog(Transactions transactions, VolumeTypes types) {
        this.transactions = transactions;
        this.types = types;
    }

    /// Those that the caller may use; all of them for an administrator.
    public List<VolumeType> list(Caller caller) {
        return types.all().stream()
                .filter(type -> caller.isAdmin() || type.isUsableBy(caller.project()))
                .toList();
    }

    /// @throws StasisException `OBJECT_NOT_FOUND` also if the caller may not use it
    public VolumeType show(Caller caller, VolumeTypeId id) {
        VolumeType type = types.required(id);
        if (!caller.isAdmin() && !type.isUsableBy(caller.project())) {
            throw notFound(id.toString());
        }
        return type;
    }

    /// By id or by name, as tenants write it. Also an administrator must have been let in here.
    ///
    /// @throws StasisException `OBJECT_NOT_FOUND`
    public VolumeType usable(Caller caller, String idOrName) {
        return types.all().stream()
                .filter(type ->
                        type.id().toString().equals(idOrName) || type.name().equals(idOrName))
                .filter(type -> type.isUsableBy(caller.project()))
                .findFirst()
                .orElseThrow(() -> notFound(idOrName));
    }

    public void add(VolumeType type) {
        transactions.run(() -> types.add(type));
    }

    public VolumeType change(VolumeTypeId id, UnaryOperator<VolumeType> edit) {
        return transactions.call(() -> {
            VolumeType changed = edit.apply(types.required(id));
            types.save(changed);
            return changed;
        });
    }

    /// @throws StasisException `INVALID_REQUEST` while there are volumes of it
    public void remove(VolumeTypeId id) {
        transactions.run(() -> {
            types.required(id);
            if (types.isUsed(id)) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "Target volume type is still in use: delete the volumes of it first.");
            }
            types.remove(id);
        });
    }

    private static StasisException notFound(String name) {
        return new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Volume type " + name + " could not be found.");
    }
}
