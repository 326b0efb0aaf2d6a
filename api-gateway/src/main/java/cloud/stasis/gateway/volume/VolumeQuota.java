package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a project may have of volumes and their snapshots: how many, how large together, how large each, and
/// how much of each type.
public record VolumeQuota(Quotas quotas, TypeQuotas types) {
    /// What is to be added of one type, or of none.
    public record Demand(Optional<VolumeTypeId> type, long volumes, long snapshots, long gib) {
        public static Demand volume(Optional<VolumeTypeId> type, ByteCount size) {
            return new Demand(type, 1, 0, size.gibRoundedUp());
        }

        public static Demand snapshot(Volume of) {
            return new Demand(of.nature().type(), 0, 1, of.size().gibRoundedUp());
        }

        /// Those of one volume that are there, and are of its type. Safety snapshots are not counted.
        static Demand snapshots(Optional<VolumeTypeId> type, List<VolumeSnapshot> all) {
            List<VolumeSnapshot> counted =
                    all.stream().filter(snapshot -> !snapshot.isSafety()).toList();
            return new Demand(
                    type,
                    0,
                    counted.size(),
                    counted.stream()
                            .mapToLong(snapshot -> snapshot.size().gibRoundedUp())
                            .sum());
        }

        public static Demand growth(Volume of, ByteCount size) {
            return new Demand(
                    of.nature().type(), 0, 0, size.gibRoundedUp() - of.size().gibRoundedUp());
        }

        public Demand times(int count) {
            return new Demand(type, volumes * count, snapshots * count, gib * count);
        }

        /// Of this one's type.
        Demand plus(Demand other) {
            return new Demand(type, volumes + other.volumes, snapshots + other.snapshots, gib + other.gib);
        }

        public Map<Resource, Long> resources() {
            return Map.of(Resource.VOLUMES, volumes, Resource.VOLUME_SNAPSHOTS, snapshots, Resource.VOLUME_GIB, gib);
        }
    }

    /// Within a transaction that then adds what is asked for, and before any other row is locked.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED`
    public void require(ProjectId project, List<Demand> demands) {
        Demand sum = demands.stream().reduce(new Demand(Optional.empty(), 0, 0, 0), Demand::plus);
        quotas.require(project, sum.resources());
        types.require(project, demands);
    }

    public void require(ProjectId project, Demand demand) {
        require(project, List.of(demand));
    }

    /// What there is already becomes of another type.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED` of that type
    public void requireOfType(ProjectId project, Demand demand) {
        quotas.lock(project);
        types.require(project, List.of(demand));
    }

    /// @throws StasisException `QUOTA_EXCEEDED` if one volume may not be that large
    public void requireSize(ProjectId project, ByteCount size) {
        long most = quotas.limits(project).getOrDefault(Resource.GIB_PER_VOLUME, Resource.GIB_PER_VOLUME.standard());
        if (most != Resource.UNLIMITED && size.gibRoundedUp() > most) {
            throw new StasisException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "Requested volume size " + size.gibRoundedUp() + "G is larger than maximum allowed limit " + most
                            + "G.");
        }
    }
}
