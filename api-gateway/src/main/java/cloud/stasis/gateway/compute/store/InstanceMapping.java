package cloud.stasis.gateway.compute.store;

import cloud.stasis.gateway.compute.Flavor;
import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instance.Life;
import cloud.stasis.gateway.compute.InstanceState;
import cloud.stasis.gateway.compute.InstanceState.Former;
import cloud.stasis.gateway.compute.InstanceState.Stage;
import cloud.stasis.gateway.compute.InstanceState.Work;
import cloud.stasis.gateway.compute.Lock;
import cloud.stasis.gateway.compute.Operation;
import cloud.stasis.gateway.compute.Profile;
import cloud.stasis.gateway.compute.Remarks;
import cloud.stasis.gateway.compute.SourceImage;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.Size;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.UserId;
import java.util.HashSet;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Rows of `instance` to records and back.
final class InstanceMapping {
    private InstanceMapping() {}

    static InstanceEntity fresh(Instance instance) {
        InstanceEntity row = new InstanceEntity();
        row.id = instance.id().value();
        row.projectId = instance.project().value();
        row.userId = instance.user().value();
        row.keyName = instance.profile().keyName().orElse(null);
        row.createdAt = instance.life().createdAt();
        write(row, instance);
        return row;
    }

    static void write(InstanceEntity row, Instance instance) {
        row.imageId = instance.image().map(image -> image.id().value()).orElse(null);
        row.image = instance.image().map(RowJson::write).orElse(null);
        row.name = instance.profile().name();
        row.description = instance.profile().description().orElse(null);
        row.hostname = instance.profile().hostname();
        row.metadata = RowJson.write(new TreeMap<>(instance.profile().metadata()));
        row.tags = RowJson.write(instance.profile().sortedTags());
        row.remarks = RowJson.write(instance.profile().remarks());
        row.lockedBy = instance.profile().lock().map(lock -> lock.by().name()).orElse(null);
        row.lockedReason = instance.profile().lock().flatMap(Lock::reason).orElse(null);
        row.flavor = RowJson.write(instance.flavor());
        row.vcpus = instance.load().vcpus();
        row.memoryBytes = instance.load().memory().bytes();
        row.spec = RowJson.write(instance.spec());
        row.hostId = instance.host().map(HostId::value).orElse(null);
        row.snapshotId = instance.position().map(SnapshotId::value).orElse(null);
        row.updatedAt = instance.life().updatedAt();
        row.launchedAt = instance.life().launchedAt().orElse(null);
        row.deletedAt = instance.life().deletedAt().orElse(null);
        write(row, instance.state());
    }

    static Instance read(InstanceEntity row) {
        return new Instance(
                new InstanceId(row.id),
                new ProjectId(row.projectId),
                new UserId(row.userId),
                new Profile(
                        row.name,
                        Optional.ofNullable(row.description),
                        row.hostname,
                        Optional.ofNullable(row.keyName),
                        RowJson.readStrings(row.metadata),
                        new HashSet<>(RowJson.readList(row.tags)),
                        RowJson.read(row.remarks, Remarks.class),
                        Optional.ofNullable(row.lockedBy)
                                .map(by -> new Lock(Lock.By.valueOf(by), Optional.ofNullable(row.lockedReason)))),
                RowJson.read(row.flavor, Flavor.class),
                RowJson.read(row.spec, InstanceSpec.class),
                Optional.ofNullable(row.image).map(image -> RowJson.read(image, SourceImage.class)),
                Optional.ofNullable(row.hostId).map(HostId::new),
                new InstanceState(
                        stage(row),
                        work(row),
                        Optional.ofNullable(row.protectionId).map(ProtectionId::new)),
                Optional.ofNullable(row.snapshotId).map(SnapshotId::new),
                new Life(
                        row.createdAt,
                        row.updatedAt,
                        Optional.ofNullable(row.launchedAt),
                        Optional.ofNullable(row.deletedAt)));
    }

    private static void write(InstanceEntity row, InstanceState state) {
        row.stage = switch (state.stage()) {
            case InstanceState.Building ignored -> "BUILDING";
            case InstanceState.Ready ignored -> "READY";
            case InstanceState.Failed ignored -> "FAILED";
            case InstanceState.Rescued ignored -> "RESCUED";
            case InstanceState.Shelved ignored -> "SHELVED";
            case InstanceState.Resized ignored -> "RESIZED";
        };
        row.former = state.former().map(RowJson::write).orElse(null);
        row.shelfId = state.shelf().map(ImageId::value).orElse(null);
        row.power = state.power().map(PowerState::name).orElse(null);
        row.operation = state.work().map(work -> work.operation().name()).orElse(null);
        row.phase = state.work().map(work -> work.phase().name()).orElse(null);
        row.sagaId = state.work().map(work -> work.saga().value()).orElse(null);
        row.protectionId = state.protection().map(ProtectionId::value).orElse(null);
        row.growth = state.growth().map(RowJson::write).orElse(null);
        row.errorCode = state.error().map(error -> error.code().name()).orElse(null);
        row.errorMessage = state.error().map(ErrorReport::message).orElse(null);
    }

    private static Stage stage(InstanceEntity row) {
        Optional<PowerState> power = Optional.ofNullable(row.power).map(PowerState::valueOf);
        return switch (row.stage) {
            case "BUILDING" -> new InstanceState.Building();
            case "READY" -> new InstanceState.Ready(power.orElseThrow());
            case "FAILED" ->
                new InstanceState.Failed(
                        new ErrorReport(ErrorCode.valueOf(present(row.errorCode)), present(row.errorMessage)), power);
            case "RESCUED" -> new InstanceState.Rescued(power.orElseThrow());
            case "SHELVED" ->
                new InstanceState.Shelved(Optional.ofNullable(row.shelfId).map(ImageId::new));
            case "RESIZED" ->
                new InstanceState.Resized(power.orElseThrow(), RowJson.read(present(row.former), Former.class));
            default -> throw new IllegalStateException("unknown stage " + row.stage);
        };
    }

    private static Optional<Work> work(InstanceEntity row) {
        return Optional.ofNullable(row.operation)
                .map(operation -> new Work(
                        Operation.valueOf(operation),
                        Phase.valueOf(present(row.phase)),
                        new SagaId(present(row.sagaId)),
                        Optional.ofNullable(row.growth).map(size -> RowJson.read(size, Size.class))));
    }

    private static <T> T present(@Nullable T value) {
        return Optional.ofNullable(value).orElseThrow();
    }
}
