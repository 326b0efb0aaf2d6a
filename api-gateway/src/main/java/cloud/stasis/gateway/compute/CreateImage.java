package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.image.DigestImage;
import cloud.stasis.gateway.image.DropBundle;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.saga.StepName;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Phase;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.ReferenceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Makes an image of a server's root disk.
///
/// The image's row is there from the start (`queued`); it is `saving` while bytes move and `active` once the
/// bundle is sealed. That is the commit point: from then on the image is there, and the agent is only told that
/// the next capture may build on this one. Before it, any failure removes every trace: the capture on the host,
/// the reference, the image's row.
///
/// Deleting the image while it is made cancels the job: the saga notices at the next word of the agent, or, if
/// the bundle was sealed in between, drops the reference afterwards. The checksums that the image API promises
/// are computed by a saga of their own, so that nobody waits for them.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | capture-disks | agent | CaptureDisks | SettleCapture(ABANDONED) |
/// | seal (commit point) | image service | SealBundle | DropReference |
/// | settle | agent | SettleCapture(SEALED) | none |
public final class CreateImage implements Saga<CreateImage.Data> {
    private static final StepName SEAL = new StepName("seal");

    private final InstanceTurns instances;
    private final Images images;
    private final Grants grants;
    private final Outbox outbox;
    private final DigestImage digestImage;
    private final DropBundle dropBundle;

    public CreateImage(
            InstanceTurns instances,
            Images images,
            Grants grants,
            Outbox outbox,
            DigestImage digestImage,
            DropBundle dropBundle) {
        this.instances = instances;
        this.images = images;
        this.grants = grants;
        this.outbox = outbox;
        this.digestImage = digestImage;
        this.dropBundle = dropBundle;
    }

    /// @param capture names the capture on the host
    /// @param metadata of the manifest
    /// @param captured what the agent brought
    /// @param fileSize what a download of the sealed bundle gives
    /// @param rotation how many backups of this kind stay when this one is made; empty if it is no backup
    public record Data(
            InstanceId instance,
            HostId host,
            ImageId image,
            UUID capture,
            DeviceName disk,
            Quiesce quiesce,
            Map<String, String> metadata,
            Optional<CommandResult.Captured> captured,
            Optional<ByteCount> fileSize,
            Optional<Integer> rotation) {
        public Data {
            metadata = Map.copyOf(metadata);
        }

        Data capturing(CommandResult.Captured result) {
            return new Data(
                    instance, host, image, capture, disk, quiesce, metadata, Optional.of(result), fileSize, rotation);
        }

        Data sealing(CommandResult.Sealed result) {
            return new Data(
                    instance,
                    host,
                    image,
                    capture,
                    disk,
                    quiesce,
                    metadata,
                    captured,
                    Optional.of(result.fileSize()),
                    rotation);
        }

        Manifest manifest() {
            return CreateImage.manifest(instance, captured.orElseThrow(), metadata);
        }
    }

    /// Of an image that holds what was captured of an instance.
    static Manifest manifest(InstanceId instance, CommandResult.Captured bytes, Map<String, String> metadata) {
        return new Manifest(
                Manifest.CURRENT_VERSION,
                ReferenceName.Kind.IMAGE,
                Optional.of(instance),
                bytes.takenAt(),
                Optional.empty(),
                bytes.parts(),
                Optional.of(bytes.receipt()),
                metadata);
    }

    @Override
    public String name() {
        return "create-image";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(
                Step.<Data>of("capture-disks", this::capture)
                        .bringing(CommandResult.Captured.class, Data::capturing)
                        .undoneBy(known -> settle(known, Settlement.ABANDONED)),
                Step.<Data>of(
                                SEAL.value(),
                                known -> new Request(
                                        outbox.imageTopic(),
                                        new ImageCommand.SealBundle(ReferenceName.of(known.image()), known.manifest())))
                        .bringing(CommandResult.Sealed.class, Data::sealing)
                        .undoneBy(known -> new Request(
                                outbox.imageTopic(), new ImageCommand.DropReference(ReferenceName.of(known.image()))))
                        .committing(),
                Step.of("settle", known -> settle(known, Settlement.SEALED)));
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        instances.phase(run.data().instance(), run.id(), phase);
        images.saving(run.data().image());
    }

    @Override
    public void stepDone(Run<Data> run, StepName step) {
        Data data = run.data();
        if (step.equals(SEAL)) {
            images.activate(data.image(), data.manifest(), data.fileSize().orElseThrow());
        } else {
            images.saving(data.image());
            instances.phase(data.instance(), run.id(), Phase.SEALING);
        }
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        instances.idle(data.instance(), run.id());
        if (isUnwanted(data)) {
            return List.of(dropping(data.image()));
        }
        List<Start<?>> next = new ArrayList<>();
        data.rotation().ifPresent(keep -> images.rotate(data.image(), keep).forEach(gone -> next.add(dropping(gone))));
        if (!isUnwanted(data)) {
            next.add(new Start<>(digestImage, new DigestImage.Data(data.image(), Optional.empty())));
        }
        return next;
    }

    private Start<?> dropping(ImageId image) {
        return new Start<>(dropBundle, new DropBundle.Data(ReferenceName.of(image)));
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        images.abandon(run.data().image());
        instances.idle(run.data().instance(), run.id());
    }

    /// Past the seal the image is good and only the host was not told; before it nothing is visible. Either way
    /// the server is free to be used.
    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        if (run.data().fileSize().isEmpty()) {
            images.abandon(run.data().image());
        }
        instances.idle(run.data().instance(), run.id());
    }

    @Override
    public boolean isUnwanted(Data data) {
        return images.find(data.image()).filter(ImageRecord::isThere).isEmpty();
    }

    private Request capture(Data data) {
        return new Request(
                Topics.commands(data.host()),
                new ComputeCommand.CaptureDisks(
                        data.instance(),
                        data.capture(),
                        List.of(data.disk()),
                        data.quiesce(),
                        grants.toWrite(ReferenceName.of(data.image()))));
    }

    private static Request settle(Data data, Settlement settlement) {
        return new Request(
                Topics.commands(data.host()),
                new ComputeCommand.SettleCapture(data.instance(), data.capture(), settlement));
    }
}
