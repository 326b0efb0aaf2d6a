package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.JobId;
import cloud.stasis.model.StasisException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Follows jobs for as long as clients listen, each on a virtual thread that looks at the job's row now and then:
/// a job may be advanced by any gateway.
@ApplicationScoped
class JobStreams {
    /// Followed at once by one gateway; each costs a query every [#INTERVAL].
    private static final int MAX_STREAMS = 500;

    private static final Duration INTERVAL = Duration.ofMillis(250);

    /// Sent again without a change after so long, so that nobody takes the stream for dead.
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    /// A client that still listens after so long connects again.
    private static final Duration LONGEST = Duration.ofHours(6);

    private final Jobs jobs;
    private final Transactions transactions;
    private final Clock clock;
    private final Semaphore free = new Semaphore(MAX_STREAMS);

    JobStreams(Jobs jobs, Transactions transactions, Clock clock) {
        this.jobs = jobs;
        this.transactions = transactions;
        this.clock = clock;
    }

    /// @throws StasisException `TOO_BUSY`
    Multi<JobView> follow(JobId id) {
        if (!free.tryAcquire()) {
            throw new StasisException(
                    ErrorCode.TOO_BUSY, "Too many jobs are followed at once. Ask for the job now and then instead.");
        }
        return Multi.createFrom()
                .<JobView>emitter(
                        emitter -> Thread.ofVirtual().name("job-stream-" + id).start(() -> send(id, emitter)))
                .onTermination()
                .invoke(() -> free.release());
    }

    private void send(JobId id, MultiEmitter<? super JobView> emitter) {
        Instant end = clock.instant().plus(LONGEST);
        Instant sent = Instant.MIN;
        Optional<Job> before = Optional.empty();
        try {
            while (!emitter.isCancelled() && clock.instant().isBefore(end)) {
                Optional<Job> now = transactions.call(() -> jobs.find(id));
                if (now.isEmpty()) {
                    break;
                }
                if (!now.equals(before) || sent.plus(HEARTBEAT).isBefore(clock.instant())) {
                    emitter.emit(JobView.of(now.get(), clock.instant()));
                    sent = clock.instant();
                }
                if (now.get().state().isOver()) {
                    break;
                }
                before = now;
                Thread.sleep(INTERVAL);
            }
            emitter.complete();
        } catch (InterruptedException e) {
            emitter.complete();
        } catch (RuntimeException e) {
            emitter.fail(e);
        }
    }
}
