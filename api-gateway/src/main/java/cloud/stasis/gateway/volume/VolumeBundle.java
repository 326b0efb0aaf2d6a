package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.Topics;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;

/// A volume on its way into the store, as a bundle of one disk: an image or a backup. What all sagas that do
/// this have in common.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | capture | volume service, or the agent that has it open | CaptureVolume, CaptureDisks | settle as abandoned |
/// | seal (commit point) | image service | SealBundle | DropReference |
/// | settle | as capture | SettleVolume or SettleCapture | none |
///
/// @param opened where the volume is open; empty if nobody has it, or a snapshot is read
/// @param form how the bundle is downloaded
/// @param metadata of the manifest
/// @param captured what the worker brought
/// @param fileSize what a download of the sealed bundle gives
public record VolumeBundle(
        VolumeId volume,
        BackendId backend,
        Optional<Opened> opened,
        Optional<SnapshotId> snapshot,
        UUID capture,
        ReferenceName reference,
        Form form,
        Map<String, String> metadata,
        Optional<CommandResult.Captured> captured,
        Optional<ByteCount> fileSize) {
    /// The name of the step from which on the bundle is there.
    public static final String SEAL = "seal";

    public VolumeBundle {
        metadata = Map.copyOf(metadata);
    }

    /// A volume that a server has, as a disk of it.
    public record Opened(HostId host, InstanceId instance, DeviceName device) {}

    public enum Form {
        QCOW2,
        RAW
    }

    public static VolumeBundle of(
            Volume volume,
            Optional<Opened> opened,
            Optional<SnapshotId> snapshot,
            ReferenceName reference,
            Form form,
            Map<String, String> metadata) {
        return new VolumeBundle(
                volume.id(),
                volume.backend(),
                snapshot.isPresent() ? Optional.empty() : opened,
                snapshot,
                UUID.randomUUID(),
                reference,
                form,
                metadata,
                Optional.empty(),
                Optional.empty());
    }

    VolumeBundle capturing(CommandResult.Captured result) {
        return new VolumeBundle(
                volume, backend, opened, snapshot, capture, reference, form, metadata, Optional.of(result), fileSize);
    }

    VolumeBundle sealing(CommandResult.Sealed result) {
        return new VolumeBundle(
                volume,
                backend,
                opened,
                snapshot,
                capture,
                reference,
                form,
                metadata,
                captured,
                Optional.of(result.fileSize()));
    }

    /// What the volume held.
    public Content content() {
        return captured.orElseThrow().parts().stream()
                .filter(Part.Disk.class::isInstance)
                .map(Part::content)
                .findFirst()
                .orElseThrow();
    }

    public Manifest manifest() {
        CommandResult.Captured bytes = captured.orElseThrow();
        List<Part> parts = new ArrayList<>(List.of(new Part.Disk(DeviceName.virtio(0), content())));
        if (form == Form.RAW) {
            parts.add(new Part.File(content()));
        }
        return new Manifest(
                Manifest.CURRENT_VERSION,
                reference.kind(),
                Optional.empty(),
                bytes.takenAt(),
                Optional.empty(),
                parts,
                Optional.of(bytes.receipt()),
                metadata);
    }

    /// The steps of a saga whose data has a bundle in it.
    public static <D> List<Step<D>> steps(
            Function<D, VolumeBundle> get, BiFunction<D, VolumeBundle, D> set, Grants grants, Outbox outbox) {
        return List.of(
                Step.<D>of("capture", data -> get.apply(data).capture(grants))
                        .bringing(
                                CommandResult.Captured.class,
                                (data, result) ->
                                        set.apply(data, get.apply(data).capturing(result)))
                        .undoneBy(data -> get.apply(data).settle(Settlement.ABANDONED)),
                Step.<D>of(SEAL, data -> get.apply(data).seal(outbox))
                        .bringing(
                                CommandResult.Sealed.class,
                                (data, result) ->
                                        set.apply(data, get.apply(data).sealing(result)))
                        .undoneBy(data -> new Request(
                                outbox.imageTopic(),
                                new ImageCommand.DropReference(get.apply(data).reference())))
                        .committing(),
                Step.of("settle", data -> get.apply(data).settle(Settlement.SEALED)));
    }

    private Request capture(Grants grants) {
        return opened.map(at -> new Request(
                        Topics.commands(at.host()),
                        new ComputeCommand.CaptureDisks(
                                at.instance(),
                                capture,
                                List.of(at.device()),
                                Quiesce.PREFER,
                                grants.toWrite(reference))))
                .orElseGet(() -> new Request(
                        Topics.commands(backend),
                        new VolumeCommand.CaptureVolume(volume, snapshot, capture, grants.toWrite(reference))));
    }

    private Request seal(Outbox outbox) {
        return new Request(outbox.imageTopic(), new ImageCommand.SealBundle(reference, manifest()));
    }

    private Request settle(Settlement settlement) {
        return opened.map(at -> new Request(
                        Topics.commands(at.host()),
                        new ComputeCommand.SettleCapture(at.instance(), capture, settlement)))
                .orElseGet(() -> new Request(
                        Topics.commands(backend), new VolumeCommand.SettleVolume(volume, capture, settlement)));
    }
}
