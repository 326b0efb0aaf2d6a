package cloud.stasis.gateway.protection.store;

import cloud.stasis.gateway.protection.Protection;
import cloud.stasis.gateway.protection.Protection.Failover;
import cloud.stasis.gateway.protection.Protection.Terms;
import cloud.stasis.gateway.protection.ProtectionState;
import cloud.stasis.gateway.protection.ProtectionState.Step;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.JobId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.ProtectionSettings;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.UserId;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Rows of `protection` to records and back.
final class ProtectionMapping {
    static final int LONGEST_REASON = 1000;

    private ProtectionMapping() {}

    static ProtectionEntity fresh(Protection protection) {
        ProtectionEntity row = new ProtectionEntity();
        row.id = protection.id().value();
        row.projectId = protection.project().value();
        row.userId = protection.user().value();
        row.instanceId = protection.instance().value();
        row.sourceId = protection.source().value();
        row.standbyId = protection.standby().value();
        row.createdAt = protection.createdAt();
        write(row, protection);
        return row;
    }

    static void write(ProtectionEntity row, Protection protection) {
        row.intervalMs = protection.terms().settings().interval().toMillis();
        row.output = protection.terms().settings().output().name();
        row.failover = protection.terms().failover().name();
        row.updatedAt = protection.updatedAt();
        row.sagaId = protection.state().worker().map(SagaId::value).orElse(null);
        row.jobId = null;
        row.reason = null;
        row.epoch = null;
        row.epochAt = null;
        row.stage = switch (protection.state()) {
            case ProtectionState.Preparing _ -> "PREPARING";
            case ProtectionState.Syncing _ -> "SYNCING";
            case ProtectionState.Protected _ -> "PROTECTED";
            case ProtectionState.Removing _ -> "REMOVING";
            case ProtectionState.Broken broken -> {
                row.reason =
                        broken.reason().substring(0, Math.min(broken.reason().length(), LONGEST_REASON));
                yield "BROKEN";
            }
            case ProtectionState.FailingOver failing -> {
                row.jobId = failing.job().value();
                yield failing.step().name();
            }
            case ProtectionState.TakenOver over -> {
                row.epoch = over.epoch();
                row.epochAt = over.at();
                yield "TAKEN_OVER";
            }
        };
    }

    static Protection read(ProtectionEntity row) {
        return new Protection(
                new ProtectionId(row.id),
                new ProjectId(row.projectId),
                new UserId(row.userId),
                new InstanceId(row.instanceId),
                new HostId(row.sourceId),
                new HostId(row.standbyId),
                new Terms(
                        new ProtectionSettings(
                                Duration.ofMillis(row.intervalMs), ProtectionSettings.Output.valueOf(row.output)),
                        Failover.valueOf(row.failover)),
                state(row),
                row.createdAt,
                row.updatedAt);
    }

    private static ProtectionState state(ProtectionEntity row) {
        return switch (row.stage) {
            case "PREPARING" -> new ProtectionState.Preparing(saga(row));
            case "SYNCING" -> new ProtectionState.Syncing(saga(row));
            case "PROTECTED" -> new ProtectionState.Protected();
            case "REMOVING" -> new ProtectionState.Removing(saga(row));
            case "BROKEN" -> new ProtectionState.Broken(present(row.reason));
            case "HANDING_OVER", "FENCING", "TAKING_OVER" ->
                new ProtectionState.FailingOver(saga(row), new JobId(present(row.jobId)), Step.valueOf(row.stage));
            case "TAKEN_OVER" -> new ProtectionState.TakenOver(saga(row), present(row.epoch), present(row.epochAt));
            default -> throw new IllegalStateException("unknown stage " + row.stage);
        };
    }

    private static SagaId saga(ProtectionEntity row) {
        return new SagaId(present(row.sagaId));
    }

    private static <T> T present(@Nullable T value) {
        return Optional.ofNullable(value).orElseThrow();
    }
}
