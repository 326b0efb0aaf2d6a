package cloud.stasis.gateway.storage;

import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.Map;

/// How much projects may keep in the store. Limits are GiB, as in the other quotas; what is kept is counted in bytes.
/// Every method must be called within a transaction.
///
/// What is kept never exceeds its limit, however many ask at once: each counts what is there and on its way under the
/// lock of the project, and adds what may come before it lets go. What is stored is known only after it was measured,
/// so that limit stops what begins when it is reached, and no more.
public final class StorageQuota {
    private static final long GIB = ByteCount.ofGib(1).bytes();

    private final Quotas quotas;
    private final StoredSizes sizes;

    public StorageQuota(Quotas quotas, StoredSizes sizes) {
        this.quotas = quotas;
        this.sizes = sizes;
    }

    /// Refuses what is too much, and counts `most` for the bundle from now on, in place of what counted for it
    /// before. Its row must be there.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED`
    public void reserve(ProjectId project, ReferenceName bundle, ByteCount most) {
        quotas.lock(project);
        sizes.reserve(bundle, ByteCount.ZERO);
        Map<Resource, Long> limits = quotas.limits(project);
        require(limits, Resource.STORE_GIB, sizes.kept(project), most);
        if (isLimited(limits, Resource.STORED_GIB)) {
            require(limits, Resource.STORED_GIB, sizes.stored(project), ByteCount.ofBytes(1));
        }
        sizes.reserve(bundle, most);
    }

    /// As [#reserve], but for less than `most` if there is no more room.
    ///
    /// @return what counts for the bundle from now on
    /// @throws StasisException `QUOTA_EXCEEDED` if there is no room for anything
    public ByteCount reserveUpTo(ProjectId project, ReferenceName bundle, ByteCount most) {
        reserve(project, bundle, ByteCount.ofBytes(1));
        Map<Resource, Long> limits = quotas.limits(project);
        ByteCount room = most;
        if (isLimited(limits, Resource.STORE_GIB)) {
            sizes.reserve(bundle, ByteCount.ZERO);
            long limit = Math.multiplyExact(limits.getOrDefault(Resource.STORE_GIB, 0L), GIB);
            room = ByteCount.ofBytes(
                    Math.min(most.bytes(), limit - sizes.kept(project).bytes()));
        }
        sizes.reserve(bundle, room);
        return room;
    }

    /// It comes to nothing.
    public void release(ReferenceName bundle) {
        sizes.reserve(bundle, ByteCount.ZERO);
    }

    private static void require(Map<Resource, Long> limits, Resource resource, ByteCount used, ByteCount asked) {
        if (!isLimited(limits, resource) || asked.isZero()) {
            return;
        }
        long limit = limits.getOrDefault(resource, resource.standard());
        boolean isTooMuch = asked.bytes() > Math.multiplyExact(limit, GIB) - used.bytes();
        if (isTooMuch) {
            throw new StasisException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "Quota exceeded for " + resource.word() + ": Requested " + asked.bytes()
                            + " bytes, but already used " + used.bytes() + " bytes of " + limit + " GiB");
        }
    }

    private static boolean isLimited(Map<Resource, Long> limits, Resource resource) {
        return limits.getOrDefault(resource, resource.standard()) != Resource.UNLIMITED;
    }
}
