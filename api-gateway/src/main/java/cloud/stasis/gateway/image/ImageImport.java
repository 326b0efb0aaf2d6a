package cloud.stasis.gateway.image;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobQuery;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.storage.StorageQuota;
import cloud.stasis.model.AllowedHosts;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.JobId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Begins imports, each a job.
public final class ImageImport {
    /// Imports of one image that are shown; nobody needs more than the last.
    private static final int MOST_SHOWN = 100;

    private final Transactions transactions;
    private final ImageTable table;
    private final ImageLibrary library;
    private final StorageQuota quota;
    private final SagaRunner sagas;
    private final ImportImage importImage;
    private final Jobs jobs;
    private final Limits limits;
    private final Clock clock;

    /// @param hosts from which images are fetched
    /// @param most bytes that are fetched
    public record Limits(AllowedHosts hosts, ByteCount most) {}

    public ImageImport(
            Transactions transactions,
            ImageTable table,
            ImageLibrary library,
            StorageQuota quota,
            SagaRunner sagas,
            ImportImage importImage,
            Jobs jobs,
            Limits limits,
            Clock clock) {
        this.transactions = transactions;
        this.table = table;
        this.library = library;
        this.quota = quota;
        this.sagas = sagas;
        this.importImage = importImage;
        this.jobs = jobs;
        this.limits = limits;
        this.clock = clock;
    }

    /// Whether anything is fetched from anywhere.
    public boolean fetches() {
        return !limits.hosts().isEmpty();
    }

    /// Makes an image active whose data are staged.
    ///
    /// @throws StasisException `WRONG_STATE` unless they are
    public Job staged(Caller caller, ImageId id) {
        return transactions.call(() -> {
            Image image = library.lockedFor(ImageAction.UPLOAD, caller, id);
            if (!(image.state() instanceof ImageState.Uploading uploading)
                    || uploading.staged().isEmpty()
                    || table.hasUpload(id)) {
                throw wrongState(image, "its data have to be staged first");
            }
            ImageContent staged = uploading.staged().get();
            return begin(caller, image, uploading.toImporting(), Optional.empty(), staged.size());
        });
    }

    /// Fetches the data of an image from elsewhere.
    ///
    /// @throws StasisException `INVALID_REQUEST` if nothing is fetched from
    /// there; `WRONG_STATE` unless the image is queued; `QUOTA_EXCEEDED`
    public Job fetched(Caller caller, ImageId id, URI source) {
        if (!limits.hosts().allows(source)) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "Images are not imported from there: ask the operator to allow the host.");
        }
        return transactions.call(() -> {
            ReferenceName bundle = ReferenceName.of(id);
            Image visible = library.visible(caller, id);
            ByteCount room = quota.reserveUpTo(visible.owner(), bundle, limits.most());
            Image image = library.lockedFor(ImageAction.UPLOAD, caller, id);
            if (!(image.state() instanceof ImageState.Queued queued)) {
                throw wrongState(image, "data can be imported only while it is 'queued'");
            }
            if (image.details().diskFormat().isEmpty()
                    || image.details().containerFormat().isEmpty()) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "Set disk_format and container_format of the image before you import its data.");
            }
            return begin(caller, image, queued.toImporting(), Optional.of(source), room);
        });
    }

    /// Says of an image that is in all stores, the only one that there is, that it has been brought there.
    ///
    /// @throws StasisException `WRONG_STATE` unless it is active
    public void spread(Caller caller, ImageId id) {
        transactions.run(() -> {
            Image image = library.lockedFor(ImageAction.COPY, caller, id);
            if (!(image.state() instanceof ImageState.Active)) {
                throw wrongState(image, "only images with status active can be targeted for copying");
            }
            table.change(Imports.ended(image, clock.instant()));
        });
    }

    /// The imports of an image, the last one first.
    public List<Job> ofImage(Caller caller, ImageId id) {
        return transactions.call(() -> {
            Image image = library.visible(caller, id);
            JobQuery all = new JobQuery(
                    image.owner(), Optional.empty(), Optional.empty(), Optional.of(id), Optional.empty(), MOST_SHOWN);
            return jobs.list(all).stream()
                    .filter(job -> job.kind() == JobKind.IMPORT_IMAGE)
                    .toList();
        });
    }

    /// @throws StasisException `JOB_NOT_FOUND` also if it is somebody else's
    public Job job(Caller caller, JobId id) {
        return transactions.call(() -> jobs.find(id)
                .filter(job -> job.kind() == JobKind.IMPORT_IMAGE)
                .filter(job -> caller.isAdmin() || job.project().equals(caller.project()))
                .orElseThrow(() -> new StasisException(ErrorCode.JOB_NOT_FOUND, "No task found with ID " + id + ".")));
    }

    private Job begin(Caller caller, Image image, ImageState.Importing next, Optional<URI> source, ByteCount most) {
        Image importing = Imports.begun(image, clock.instant()).in(next, clock.instant());
        table.change(importing);
        Job job = Job.accepted(caller, image.owner(), JobKind.IMPORT_IMAGE, JobSubject.of(image.id()), clock.instant());
        sagas.start(
                SagaId.random(),
                new Start<>(
                        importImage,
                        new ImportImage.Data(
                                image.id(),
                                image.owner(),
                                Optional.of(caller.user()),
                                source,
                                image.details()
                                        .diskFormat()
                                        .map(DiskFormat::wireName)
                                        .orElse(""),
                                image.details()
                                        .containerFormat()
                                        .map(ContainerFormat::wireName)
                                        .orElse(""),
                                most,
                                ImageDescription.write(importing, Optional.of(caller.projectName())),
                                Optional.empty())),
                job);
        return job;
    }

    private static StasisException wrongState(Image image, String why) {
        return new StasisException(
                ErrorCode.WRONG_STATE,
                "Image " + image.id() + " has status '" + image.state().wireName() + "'; " + why + ".");
    }
}
