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
import cloud.stasis.messages.CommandResult.Captured;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Devices;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.PowerAction;
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
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.ReferenceName;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Takes a server off its host. Its own disks become an image, its volumes stay attached without being open, and what
/// was in its memory is gone. Once the image is sealed there is no way back, but its machine only goes after that; a
/// failure before leaves it as it was.
///
/// What the host kept of its snapshots goes with the machine; the bundles in the store stay.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | stop (if it runs) | agent | ChangePower(STOP) | ChangePower(START) |
/// | capture-disks (if it has own ones) | agent | CaptureDisks | SettleCapture(ABANDONED) |
/// | seal (then, commit point) | image service | SealBundle | DropReference |
/// | offload | agent | DeleteInstance | none, forward only |
public final class ShelveServer implements Saga<ShelveServer.Data> {
    private static final StepName SEAL = new StepName("seal");

    private final InstanceTurns instances;
    private final Images images;
    private final Grants grants;
    private final Outbox outbox;
    private final DigestImage digestImage;
    private final DropBundle dropBundle;
    private final Clock clock;

    public ShelveServer(
            InstanceTurns instances,
            Images images,
            Grants grants,
            Outbox outbox,
            DigestImage digestImage,
            DropBundle dropBundle,
            Clock clock) {
        this.instances = instances;
        this.images = images;
        this.grants = grants;
        this.outbox = outbox;
        this.digestImage = digestImage;
        this.dropBundle = dropBundle;
        this.clock = clock;
    }

    /// @param runs whether it has to be stopped first
    /// @param shelf what becomes of its own disks; empty if it has none
    public record Data(InstanceId instance, HostId host, boolean runs, Optional<OwnDisks> shelf) {
        Data capturing(Captured result) {
            return new Data(instance, host, runs, shelf.map(own -> own.capturing(result)));
        }

        Data sealing(CommandResult.Sealed result) {
            return new Data(instance, host, runs, shelf.map(own -> own.sealing(result.fileSize())));
        }

        OwnDisks own() {
            return shelf.orElseThrow();
        }

        Manifest manifest() {
            return CreateImage.manifest(instance, own().captured().orElseThrow(), own().metadata());
        }
    }

    /// @param capture names the capture on the host
    /// @param disks the root disk first
    /// @param devices what goes with them
    /// @param metadata of the manifest
    /// @param captured what the agent brought
    /// @param fileSize what a download of the sealed bundle gives
    public record OwnDisks(
            ImageId image,
            UUID capture,
            List<DeviceName> disks,
            Optional<Devices> devices,
            Map<String, String> metadata,
            Optional<Captured> captured,
            Optional<ByteCount> fileSize) {
        public OwnDisks {
            disks = List.copyOf(disks);
            metadata = Map.copyOf(metadata);
        }

        OwnDisks capturing(Captured result) {
            return new OwnDisks(image, capture, disks, devices, metadata, Optional.of(result), fileSize);
        }

        OwnDisks sealing(ByteCount size) {
            return new OwnDisks(image, capture, disks, devices, metadata, captured, Optional.of(size));
        }
    }

    @Override
    public String name() {
        return "shelve-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        List<Step<Data>> steps = new ArrayList<>();
        if (data.runs()) {
            steps.add(Step.<Data>of("stop", known -> power(known, PowerAction.STOP))
                    .undoneBy(known -> power(known, PowerAction.START)));
        }
        if (data.shelf().isPresent()) {
            steps.add(Step.<Data>of("capture-disks", this::capture)
                    .bringing(Captured.class, Data::capturing)
                    .undoneBy(known -> to(
                            known,
                            new ComputeCommand.SettleCapture(
                                    known.instance(), known.own().capture(), Settlement.ABANDONED))));
            steps.add(Step.<Data>of(SEAL.value(), this::seal)
                    .bringing(CommandResult.Sealed.class, Data::sealing)
                    .undoneBy(known -> toStore(
                            new ImageCommand.DropReference(reference(known.own().image()))))
                    .committing());
        }
        steps.add(Step.<Data>of("offload", known -> to(known, new ComputeCommand.DeleteInstance(known.instance())))
                .forwardOnly());
        return steps;
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        instances.phase(run.data().instance(), run.id(), phase);
        run.data().shelf().ifPresent(own -> images.saving(own.image()));
    }

    @Override
    public void stepDone(Run<Data> run, StepName step) {
        if (step.equals(SEAL)) {
            OwnDisks own = run.data().own();
            images.activate(own.image(), run.data().manifest(), own.fileSize().orElseThrow());
            images.protect(own.image());
            instances.phase(run.data().instance(), run.id(), Phase.SETTLING);
        }
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        Optional<ImageId> image = data.shelf().map(OwnDisks::image);
        if (!instances.owns(data.instance(), run.id())) {
            image.ifPresent(images::abandon);
            return image.<Start<?>>map(gone -> new Start<>(dropBundle, new DropBundle.Data(reference(gone)))).stream()
                    .toList();
        }
        instances.change(
                data.instance(),
                run.id(),
                instance -> instance.shelved(onShelf(instance.spec(), data), image, clock.instant()));
        return image
                .<Start<?>>map(made -> new Start<>(digestImage, new DigestImage.Data(made, Optional.empty())))
                .stream()
                .toList();
    }

    /// The same machine, whose own disks begin with what they held.
    private static InstanceSpec onShelf(InstanceSpec spec, Data data) {
        List<DiskSpec> disks = new ArrayList<>(spec.disks());
        data.shelf().flatMap(OwnDisks::captured).map(Captured::parts).orElse(List.of()).stream()
                .filter(Part.Disk.class::isInstance)
                .map(Part.Disk.class::cast)
                .forEach(part -> disks.replaceAll(disk -> disk.target().equals(part.target())
                        ? new DiskSpec(disk.target(), disk.size(), new DiskSource.OverImage(part.content()))
                        : disk));
        return spec.withDisks(disks);
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        run.data().shelf().ifPresent(own -> images.abandon(own.image()));
        instances.idle(run.data().instance(), run.id());
    }

    /// Past the seal the image is good and stays.
    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        run.data().shelf().filter(own -> own.fileSize().isEmpty()).ifPresent(own -> images.abandon(own.image()));
        instances.failed(run.data().instance(), run.id(), failure);
    }

    @Override
    public boolean isUnwanted(Data data) {
        return data.shelf().isPresent()
                && images.find(data.own().image()).filter(ImageRecord::isThere).isEmpty();
    }

    private Request capture(Data data) {
        OwnDisks own = data.own();
        // It is off, or stands still: there is nobody to ask for consistent file systems.
        return to(
                data,
                new ComputeCommand.CaptureDisks(
                        data.instance(),
                        own.capture(),
                        own.disks(),
                        Quiesce.NONE,
                        own.devices(),
                        grants.toWrite(reference(own.image()))));
    }

    private Request seal(Data data) {
        return toStore(new ImageCommand.SealBundle(reference(data.own().image()), data.manifest()));
    }

    private static Request power(Data data, PowerAction action) {
        return to(data, new ComputeCommand.ChangePower(data.instance(), action));
    }

    private static ReferenceName reference(ImageId image) {
        return ReferenceName.of(image);
    }

    private Request toStore(ImageCommand command) {
        return new Request(outbox.imageTopic(), command);
    }

    private static Request to(Data data, ComputeCommand command) {
        return new Request(Topics.commands(data.host()), command);
    }
}
