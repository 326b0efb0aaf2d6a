package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/// Lets owners mend servers that do not start: begins to start them from a disk of an image, beside which their own
/// disks are as they were, and ends that. Each method is one transaction.
public final class ServerRescue {
    /// Where the disk comes: the last place, so that no other one moves.
    private static final DeviceName DISK = DeviceName.virtio(DeviceName.MAX_VIRTIO - 1);

    private static final String FIRST_DISK = "/dev/vda";

    private final Transactions transactions;
    private final Instances instances;
    private final Images images;
    private final SagaRunner sagas;
    private final RescueServer rescueServer;
    private final UnrescueServer unrescueServer;
    private final Clock clock;

    public ServerRescue(
            Transactions transactions,
            Instances instances,
            Images images,
            SagaRunner sagas,
            RescueServer rescueServer,
            UnrescueServer unrescueServer,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.images = images;
        this.sagas = sagas;
        this.rescueServer = rescueServer;
        this.unrescueServer = unrescueServer;
        this.clock = clock;
    }

    /// @param asked empty for the image that the server was made from
    /// @throws StasisException `WRONG_STATE`; `INVALID_REQUEST` if there is no such image, nothing boots from
    /// it, or the server has as many disks as it can have
    public void begin(Caller caller, InstanceId id, Optional<ImageId> asked) {
        transactions.run(() -> {
            Instance instance = instances.lockVisible(caller, id);
            instance.requireUnlocked(caller);
            SagaId saga = SagaId.random();
            InstanceState busy = instance.state().toBusy(id, Operation.RESCUE, saga);
            HostId host = instance.hostFor(Operation.RESCUE);
            if (instance.spec().disks().stream().anyMatch(disk -> disk.target().equals(DISK))) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "The server has no place for the disk that would rescue it, /dev/" + DISK + ".");
            }
            ImageRecord image = SourceImage.usable(images, caller, asked.orElseGet(() -> origin(instance)));
            BootSource source = BootSource.of(image);
            Content content = source.disk().orElseThrow().content();
            Boot boot = onRescueDisk(
                    MachinePlan.boot(source, kernel -> images.visibleTo(caller, ImageId.parse(kernel))),
                    instance.spec().disks().size());
            Instant now = clock.instant();
            boolean runs =
                    instance.state().power().filter(PowerState.RUNNING::equals).isPresent();
            instances.save(instance.in(busy, now));
            sagas.start(
                    saga,
                    new Start<>(
                            rescueServer,
                            new RescueServer.Data(
                                    id,
                                    host,
                                    runs,
                                    new DiskSpec(DISK, content.size(), new DiskSource.OverImage(content)),
                                    boot,
                                    instance.spec().boot(),
                                    Optional.empty())),
                    Job.accepted(caller, instance.project(), JobKind.RESCUE_SERVER, JobSubject.of(id), now));
        });
    }

    private static ImageId origin(Instance instance) {
        return instance.image()
                .map(SourceImage::id)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST, "The server was made from no image: name one to rescue it with."));
    }

    /// @param own how many disks the server has besides
    private static Boot onRescueDisk(Boot boot, int own) {
        return switch (boot) {
            case Boot.FromKernel kernel ->
                new Boot.FromKernel(kernel.kernel(), kernel.ramdisk(), onRescueDisk(kernel.commandLine(), own));
            case Boot.FromDisk _, Boot.FromDiskAt _ -> new Boot.FromDiskAt(DISK);
        };
    }

    /// What is said of the first disk is said of the one that rescues. A kernel that is told nothing would look for
    /// the first one. Kernels count disks in the order of their places, and this one has the last.
    private static String onRescueDisk(String commandLine, int own) {
        String device = "/dev/" + DeviceName.virtio(own);
        return commandLine.contains("root=")
                ? commandLine.replace(FIRST_DISK, device)
                : commandLine + " root=" + device;
    }

    /// @throws StasisException `WRONG_STATE`
    public void end(Caller caller, InstanceId id) {
        transactions.run(() -> {
            Instance instance = instances.lockVisible(caller, id);
            instance.requireUnlocked(caller);
            SagaId saga = SagaId.random();
            InstanceState busy = instance.state().toBusy(id, Operation.UNRESCUE, saga);
            HostId host = instance.hostFor(Operation.UNRESCUE);
            Instant now = clock.instant();
            instances.save(instance.in(busy, now));
            sagas.start(
                    saga,
                    new Start<>(
                            unrescueServer,
                            new UnrescueServer.Data(
                                    id, host, DISK, instance.spec().boot(), Optional.empty())),
                    Job.accepted(caller, instance.project(), JobKind.UNRESCUE_SERVER, JobSubject.of(id), now));
        });
    }
}
