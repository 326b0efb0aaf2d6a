package cloud.stasis.gateway.volume;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;

/// The stored types of volumes. A few dozen at most. Changes must be made within a transaction.
public interface VolumeTypes {
    /// By name.
    List<VolumeType> all();

    Optional<VolumeType> find(VolumeTypeId type);

    Optional<VolumeType> named(String name);

    /// @throws StasisException `NAME_TAKEN`
    void add(VolumeType type);

    /// @throws StasisException `NAME_TAKEN`
    void save(VolumeType type);

    void remove(VolumeTypeId type);

    /// Whether any volume is of it.
    boolean isUsed(VolumeTypeId type);

    default VolumeType required(VolumeTypeId type) {
        return find(type)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.OBJECT_NOT_FOUND, "Volume type " + type + " could not be found."));
    }
}
