package cloud.stasis.gateway.http.image;

import cloud.stasis.chunks.Capability;
import cloud.stasis.gateway.identity.UnitOfWork;
import cloud.stasis.gateway.image.ArchiveImport;
import cloud.stasis.gateway.image.CaptureCancellation;
import cloud.stasis.gateway.image.CapturedImages;
import cloud.stasis.gateway.image.Downloads;
import cloud.stasis.gateway.image.DropBundle;
import cloud.stasis.gateway.image.ImageImport;
import cloud.stasis.gateway.image.ImageLibrary;
import cloud.stasis.gateway.image.ImageTable;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.image.ImportImage;
import cloud.stasis.gateway.image.Imports;
import cloud.stasis.gateway.image.Sharing;
import cloud.stasis.gateway.image.Uploads;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.storage.StorageQuota;
import cloud.stasis.model.AllowedHosts;
import cloud.stasis.model.ByteCount;
import io.quarkus.arc.DefaultBean;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;

/// Puts the plain classes of the image service's door together.
@Singleton
class ImageBeans {
    private final ImageConfiguration configuration;
    private final Clock clock = Clock.systemUTC();

    ImageBeans(ImageConfiguration configuration) {
        this.configuration = configuration;
    }

    @Produces
    @Singleton
    ImageLibrary library(ImageTable table, Outbox outbox, CaptureCancellation captures, Quotas quotas) {
        return new ImageLibrary(table, outbox, captures, quotas, clock);
    }

    @Produces
    @Singleton
    Sharing sharing(ImageTable table, ImageLibrary library) {
        return new Sharing(table, library, clock);
    }

    @Produces
    @Singleton
    Uploads uploads(
            ImageTable table,
            ImageLibrary library,
            Outbox outbox,
            StorageQuota quota,
            Transactions transactions,
            ArchiveImport archives) {
        return new Uploads(table, library, outbox, quota, transactions, archives, clock);
    }

    @Produces
    @Singleton
    Imports imports(ImageTable table, StorageQuota quota, ArchiveImport archives) {
        return new Imports(table, quota, archives, clock);
    }

    @Produces
    @Singleton
    ImportImage importImage(Imports imports, Outbox outbox, DropBundle dropBundle) {
        return new ImportImage(imports, outbox, dropBundle);
    }

    @Produces
    @Singleton
    ImageImport imageImport(
            Transactions transactions,
            ImageTable table,
            ImageLibrary library,
            StorageQuota quota,
            SagaRunner sagas,
            ImportImage importImage,
            Jobs jobs) {
        ImageImport.Limits limits = new ImageImport.Limits(
                AllowedHosts.of(configuration.importHosts().orElse(List.of())),
                ByteCount.ofBytes(configuration.maxImport().asLongValue()));
        return new ImageImport(transactions, table, library, quota, sagas, importImage, jobs, limits, clock);
    }

    @Produces
    @Singleton
    Downloads downloads(ImageLibrary library, UnitOfWork unitOfWork) {
        return new Downloads(library, unitOfWork);
    }

    @Produces
    @Singleton
    Images images(ImageTable table, ImageLibrary library, Quotas quotas, StorageQuota quota) {
        return new CapturedImages(table, library, quotas, quota, clock);
    }

    @Produces
    @Singleton
    ImageServiceClient service(Vertx vertx) {
        return new ImageServiceClient(
                vertx, configuration.serviceUrl(), Capability.Key.parse(configuration.capabilityKey(), clock));
    }

    /// Where there are no machines, an image is an image.
    @Produces
    @Singleton
    @DefaultBean
    ArchiveImport nothingRuns() {
        return (image, sender) -> {};
    }

    /// Where nothing captures, there is nothing to cancel.
    @Produces
    @Singleton
    @DefaultBean
    CaptureCancellation nothingCaptures() {
        return image -> {};
    }
}
