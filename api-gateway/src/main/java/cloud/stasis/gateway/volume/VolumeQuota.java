package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Map;

/// What a project may have of volumes: how many, how large together, how large each.
public record VolumeQuota(Quotas quotas) {
    /// Within a transaction that then adds what is asked for.
    ///
    /// @param size of the one volume that is made or grows
    /// @param moreGib what it adds to the gigabytes of the project
    /// @throws StasisException `QUOTA_EXCEEDED`
    public void require(Caller caller, long count, ByteCount size, long moreGib) {
        quotas.require(caller.project(), Map.of(Resource.VOLUMES, count, Resource.VOLUME_GIB, moreGib));
        requireSize(caller, size);
    }

    /// @throws StasisException `QUOTA_EXCEEDED` if one volume may not be that large
    public void requireSize(Caller caller, ByteCount size) {
        long most = quotas.limits(caller.project())
                .getOrDefault(Resource.GIB_PER_VOLUME, Resource.GIB_PER_VOLUME.standard());
        if (most != Resource.UNLIMITED && size.gibRoundedUp() > most) {
            throw new StasisException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "Requested volume size " + size.gibRoundedUp() + "G is larger than maximum allowed limit " + most
                            + "G.");
        }
    }
}
