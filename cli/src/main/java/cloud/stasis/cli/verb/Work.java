package cloud.stasis.cli.verb;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.follow.Follower;
import cloud.stasis.cli.screen.Output.Shown;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Something that a verb has asked for and that goes on by itself: mostly a job, on clouds without jobs whatever is
/// changing.
public final class Work {
    private final String title;
    private final Shown subject;
    private final Supplier<Optional<Job>> search;
    private final Ending ending;
    private @Nullable Optional<Job> job;

    /// Waits until it is done.
    private interface Ending {
        /// @return the job at its end, or what was changed
        Shown end(Follower follower, Optional<Job> job, Duration limit);
    }

    /// Waits until what is changed shows that it is done.
    @FunctionalInterface
    public interface Settling {
        /// @return what was changed, as it is now
        Shown settled(Follower follower, Duration limit);
    }

    private Work(String title, Shown subject, Supplier<Optional<Job>> search, Ending ending) {
        this.title = title;
        this.subject = subject;
        this.search = search;
        this.ending = ending;
    }

    /// @param title what its progress is called
    public static Work of(Job job, String title) {
        return known(job, title, (follower, limit) -> follower.job(job, title, limit));
    }

    /// A job that is waited for in a way of its own.
    public static Work known(Job job, String title, Settling settling) {
        Work work =
                new Work(title, job, () -> Optional.of(job), (follower, _, limit) -> settling.settled(follower, limit));
        work.job = work.search.get();
        return work;
    }

    /// Work whose job, if there is one, has to be searched for: only done if somebody wants to know.
    ///
    /// @param subject what is changed
    public static Work of(String title, Shown subject, Supplier<Optional<Job>> search, Settling settling) {
        return new Work(title, subject, search, (follower, job, limit) -> {
            if (job.isEmpty()) {
                return settling.settled(follower, limit);
            }
            Job done = follower.job(job.get(), title, limit);
            settling.settled(follower.silently(), limit);
            return done;
        });
    }

    /// Whether its job is known without asking.
    boolean hasKnownJob() {
        return job != null && job.isPresent();
    }

    private Optional<Job> job() {
        if (job == null) {
            job = search.get();
        }
        return job;
    }

    /// The job, or what it changes where the cloud has no jobs.
    JsonNode document() {
        return job().<Shown>map(found -> found).orElse(subject).json();
    }

    /// Returns when it is done.
    JsonNode await(Follower follower, Duration limit) {
        return ending.end(follower, job(), limit).json();
    }

    /// How one looks at it from elsewhere, or at least what it is.
    String hint() {
        return job != null && job.isPresent() ? "stasis job-follow " + job.get().id() : title;
    }
}
