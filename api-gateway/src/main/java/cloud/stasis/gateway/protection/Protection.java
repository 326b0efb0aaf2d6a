package cloud.stasis.gateway.protection;

import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.ProtectionSettings;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.UserId;
import java.time.Instant;

/// One protection, as read from its row.
///
/// @param source where the server runs
/// @param standby where its replica is kept
public record Protection(
        ProtectionId id,
        ProjectId project,
        UserId user,
        InstanceId instance,
        HostId source,
        HostId standby,
        Terms terms,
        ProtectionState state,
        Instant createdAt,
        Instant updatedAt) {
    /// What its owner wishes.
    public record Terms(ProtectionSettings settings, Failover failover) {}

    /// Who begins a failover when the source is lost.
    public enum Failover {
        /// The failure detector.
        AUTOMATIC,
        /// Its owner.
        MANUAL
    }

    public Protection in(ProtectionState next, Instant now) {
        return new Protection(id, project, user, instance, source, standby, terms, next, createdAt, now);
    }

    public Protection under(Terms next, Instant now) {
        return new Protection(id, project, user, instance, source, standby, next, state, createdAt, now);
    }

    public boolean isWorkedOnBy(SagaId saga) {
        return state.worker().filter(saga::equals).isPresent();
    }
}
