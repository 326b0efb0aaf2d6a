package cloud.stasis.gateway.device;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.Operation;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.ComputeCommand.DriveSpec;
import cloud.stasis.messages.ComputeCommand.Medium;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Images in the drives of servers. A medium is any active image with a content, whatever its disk format: the guest
/// sees the bytes as they are.
public final class Media {
    /// The drive that every new server has.
    public static final DeviceName DRIVE = new DeviceName("hda");

    private final Transactions transactions;
    private final Instances instances;
    private final Images images;
    private final SagaRunner sagas;
    private final ChangeDevice changeDevice;
    private final Clock clock;

    public Media(
            Transactions transactions,
            Instances instances,
            Images images,
            SagaRunner sagas,
            ChangeDevice changeDevice,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.images = images;
        this.sagas = sagas;
        this.changeDevice = changeDevice;
        this.clock = clock;
    }

    public List<DriveSpec> of(Caller caller, InstanceId server) {
        return instances.visible(caller, server).spec().drives();
    }

    /// The drives of a server that is about to be made.
    ///
    /// @throws StasisException `INVALID_REQUEST` if the image cannot be used
    public List<DriveSpec> drives(Caller caller, Optional<ImageId> medium) {
        return List.of(new DriveSpec(DRIVE, medium.map(image -> medium(caller, image))));
    }

    /// Begins to put a medium into a drive, in the place of what is there, or to take it out.
    ///
    /// @throws StasisException `INVALID_REQUEST` if the server has no such drive or the image is none;
    /// `WRONG_STATE`
    public Job change(Caller caller, InstanceId id, DeviceName drive, Optional<ImageId> image) {
        return transactions.call(() -> {
            Instance instance = instances.lockVisible(caller, id);
            instance.requireUnlocked(caller);
            instance.state().requireAllowed(id, Operation.CHANGE_DEVICE);
            HostId host = instance.hostFor(Operation.CHANGE_DEVICE);
            if (instance.spec().drives().stream()
                    .noneMatch(known -> known.target().equals(drive))) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "Server " + id + " has no drive " + drive + ": it was made before servers had drives.");
            }
            Optional<Medium> medium = image.map(wanted -> medium(caller, wanted));
            Job job =
                    Job.accepted(caller, instance.project(), JobKind.CHANGE_MEDIUM, JobSubject.of(id), clock.instant());
            sagas.start(
                    SagaId.random(),
                    new Start<>(changeDevice, new ChangeDevice.Data(id, host, new ChangeDevice.Insert(drive, medium))),
                    job);
            return job;
        });
    }

    private Medium medium(Caller caller, ImageId id) {
        ImageRecord image = images.visibleTo(caller, id)
                .filter(ImageRecord::isActive)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST, "Image " + id + " could not be found, or is not active."));
        return new Medium(
                id,
                image.file()
                        .map(Part::content)
                        .or(() -> image.disk().map(Part::content))
                        .orElseThrow(() -> new StasisException(
                                ErrorCode.INVALID_REQUEST, "Image " + id + " has no content for a drive.")));
    }
}
