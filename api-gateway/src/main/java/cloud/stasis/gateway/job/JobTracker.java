package cloud.stasis.gateway.job;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.JobId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.SagaId;
import java.time.Clock;
import java.time.Instant;
import java.util.function.BiFunction;

/// Keeps jobs in step with their sagas. Called within the transaction that advances the saga.
public final class JobTracker {
    private final Jobs jobs;
    private final Clock clock;

    public JobTracker(Jobs jobs, Clock clock) {
        this.jobs = jobs;
        this.clock = clock;
    }

    public void accepted(Job job) {
        jobs.add(job);
    }

    public void started(JobId id, SagaId saga) {
        change(
                id,
                (job, now) -> job.state() instanceof JobState.Accepted accepted
                        ? job.with(accepted.toRunning(saga), job.progress(), now)
                        : job);
    }

    public void progressed(JobId id, Phase phase, ByteCount done, ByteCount total) {
        change(id, (job, now) -> {
            JobProgress told = job.progress().told(phase, done, total, now);
            return job.with(job.state(), told, now);
        });
    }

    public void unwinding(JobId id, ErrorReport cause) {
        change(
                id,
                (job, now) -> job.state() instanceof JobState.Running running
                        ? job.with(running.toUnwinding(cause), job.progress(), now)
                        : job);
    }

    public void succeeded(JobId id) {
        change(id, (job, now) -> switch (job.state()) {
            case JobState.Running running ->
                job.with(running.toSucceeded(), job.progress().whole(now), now);
            case JobState.Stuck stuck ->
                job.with(stuck.toRunning().toSucceeded(), job.progress().whole(now), now);
            case JobState.Accepted ignored -> job;
            case JobState.Unwinding ignored -> job;
            case JobState.Succeeded ignored -> job;
            case JobState.Failed ignored -> job;
        });
    }

    public void failed(JobId id, ErrorReport cause) {
        change(id, (job, now) -> switch (job.state()) {
            case JobState.Unwinding unwinding -> job.with(unwinding.toFailed(), job.progress(), now);
            case JobState.Stuck stuck ->
                job.with(stuck.toRunning().toUnwinding(cause).toFailed(), job.progress(), now);
            case JobState.Accepted ignored -> job.with(new JobState.Failed(cause), job.progress(), now);
            case JobState.Running running -> job.with(running.toUnwinding(cause).toFailed(), job.progress(), now);
            case JobState.Succeeded ignored -> job;
            case JobState.Failed ignored -> job;
        });
    }

    public void stuck(JobId id, ErrorReport failure) {
        change(id, (job, now) -> switch (job.state()) {
            case JobState.Running running -> job.with(running.toStuck(failure), job.progress(), now);
            case JobState.Unwinding unwinding -> job.with(unwinding.toStuck(failure), job.progress(), now);
            case JobState.Accepted ignored -> job;
            case JobState.Stuck ignored -> job;
            case JobState.Succeeded ignored -> job;
            case JobState.Failed ignored -> job;
        });
    }

    private void change(JobId id, BiFunction<Job, Instant, Job> transition) {
        jobs.lock(id).map(job -> transition.apply(job, clock.instant())).ifPresent(jobs::save);
    }
}
