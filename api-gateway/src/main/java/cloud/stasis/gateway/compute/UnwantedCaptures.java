package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.image.CaptureCancellation;
import cloud.stasis.gateway.job.JobState;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.model.ImageId;

/// Cancels the job that makes an image when the image is deleted. One that is sealed already goes on to its end,
/// and then drops what it made.
public final class UnwantedCaptures implements CaptureCancellation {
    private final Jobs jobs;
    private final SagaRunner sagas;

    public UnwantedCaptures(Jobs jobs, SagaRunner sagas) {
        this.jobs = jobs;
        this.sagas = sagas;
    }

    @Override
    public void imageDeleted(ImageId image) {
        jobs.making(image).forEach(job -> {
            if (job.state() instanceof JobState.Running running) {
                sagas.cancelIfPossible(running.saga());
            }
        });
    }
}
