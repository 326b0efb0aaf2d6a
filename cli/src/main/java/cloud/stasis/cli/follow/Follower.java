package cloud.stasis.cli.follow;

import cloud.stasis.cli.cloud.Cloud;
import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Resource;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.cloud.StateBackup;
import cloud.stasis.cli.cloud.Volume;
import cloud.stasis.cli.cloud.VolumeSnapshot;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.process.Interrupts;
import cloud.stasis.cli.process.Pace;
import cloud.stasis.cli.screen.Progress;
import cloud.stasis.cli.screen.ProgressView;
import cloud.stasis.cli.screen.Quantities;
import cloud.stasis.cli.screen.Terminal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Follows one thing until it is over.
public final class Follower {
    /// Often enough to feel prompt, seldom enough for a thousand clients.
    private static final Duration POLL = Duration.ofSeconds(1);
    /// A server that is idle in another state so many times in a row will not get there by itself.
    private static final int SETTLED_POLLS = 5;

    private final Cloud cloud;
    private final Terminal terminal;
    private final Clock clock;
    private final Pace pace;
    private final Interrupts interrupts;
    private final Views views;

    /// How progress is shown.
    private interface Views {
        ProgressView of(Terminal terminal, Clock clock, String title);
    }

    public Follower(Cloud cloud, Terminal terminal, Clock clock, Pace pace, Interrupts interrupts) {
        this(cloud, terminal, clock, pace, interrupts, ProgressView::of);
    }

    private Follower(Cloud cloud, Terminal terminal, Clock clock, Pace pace, Interrupts interrupts, Views views) {
        this.cloud = cloud;
        this.terminal = terminal;
        this.clock = clock;
        this.pace = pace;
        this.interrupts = interrupts;
        this.views = views;
    }

    /// Follows a job to its end.
    ///
    /// @return the job when it has succeeded; [FailureType#JOB_FAILED] with its reason otherwise
    public Job job(Job job, String title, Duration limit) {
        Job over = toEnd(job, title, limit);
        if (over.hasSucceeded()) {
            return over;
        }
        String what = over.kind().isEmpty() ? "the job" : "'" + over.kindInWords() + "'";
        String reason = over.errorMessage().isEmpty() ? "no reason was given" : over.errorMessage();
        String code = over.errorCode().isEmpty() ? "" : " [" + over.errorCode() + "]";
        String advice =
                over.isStuck() ? ". It can go neither on nor back by itself: an operator has to look at it" : "";
        throw Failure.local(
                FailureType.JOB_FAILED, what + " (job " + over.id() + ") did not succeed: " + reason + code + advice);
    }

    private Job toEnd(Job job, String title, Duration limit) {
        ProgressView view = view(title);
        String hint = "Job " + job.id() + " goes on. Follow it:  stasis job-follow " + job.id()
                + "   Stop it:  stasis job-cancel " + job.id();
        try (Interrupts.Guard _ = interrupts.guard(() -> lastWords(hint));
                JobEvents events = new JobEvents(cloud.jobs(), job)) {
            Job over = toEnd(job, view, events, limit);
            view.end(
                    over.hasSucceeded()
                            ? "completed"
                            : over.isStuck() ? "stuck" : over.isCancelled() ? "cancelled" : "failed");
            return over;
        }
    }

    private Job toEnd(Job job, ProgressView view, JobEvents events, Duration limit) {
        Instant deadline = clock.instant().plus(limit);
        Patience patience = new Patience(clock);
        Job now = job;
        view.show(now.progress());
        while (!now.isOver()) {
            Duration left = Duration.between(clock.instant(), deadline);
            if (!left.isPositive()) {
                view.end("still going on");
                throw timeout("job " + job.id(), limit, "stasis job-follow " + job.id());
            }
            try {
                Optional<Job> told = events.next(left);
                now = told.isPresent() ? told.get() : asked(job);
                patience.answered();
                view.show(now.progress());
            } catch (Failure failure) {
                patience.bear(failure);
                view.show(Progress.of("the cloud does not answer, trying again"));
                pace.rest(POLL);
            }
        }
        return now;
    }

    private Job asked(Job job) {
        pace.rest(POLL);
        return cloud.jobs()
                .byId(job.id())
                .orElseThrow(
                        () -> Failure.local(FailureType.JOB_FAILED, "job " + job.id() + " does not exist any more"));
    }

    /// One who waits without a word: for what was followed already.
    public Follower silently() {
        return new Follower(cloud, terminal, clock, pace, interrupts, (_, _, _) -> ProgressView.NONE);
    }

    /// Follows a job that was cancelled until what it did is undone. [FailureType#JOB_FAILED] if it was done before.
    public Job cancelled(Job job, Duration limit) {
        Job over = toEnd(job, "cancel " + job.kindInWords(), limit);
        if (over.isCancelled()) {
            return over;
        }
        throw Failure.local(
                FailureType.JOB_FAILED,
                "job " + over.id() + " was not cancelled: it has "
                        + (over.hasSucceeded() ? "succeeded before" : "failed: " + over.errorMessage()));
    }

    /// By the job where there is one, and then, without a word, until what it changed shows it.
    public <R> R through(Optional<Job> job, String title, Duration limit, Function<Follower, R> settled) {
        if (job.isEmpty()) {
            return settled.apply(this);
        }
        job(job.get(), title, limit);
        return settled.apply(silently());
    }

    /// Waits for a new server by its job where the cloud has jobs.
    public Server booted(Server server, Duration limit) {
        Optional<Job> job = cloud.jobs().ofServer(server).filter(newest -> !newest.isOver());
        return through(job, server.name(), limit, follower -> follower.server(server, "ACTIVE", limit));
    }

    /// Waits for a new image by its job where the cloud has jobs.
    public Image made(String image, String title, Duration limit) {
        return through(cloud.jobs().ofImage(image), title, limit, follower -> follower.image(image, title, limit));
    }

    /// Waits until a server is idle in the given status. [FailureType#RESOURCE_IN_ERROR] if it gets nowhere near.
    public Server server(Server server, String status, Duration limit) {
        Settling settling = new Settling();
        Server reached = until(Subject.of(cloud, server), now -> settling.isOver(now, status), limit);
        if (reached.isInError() || !reached.status().equals(status)) {
            String reason = reached.fault().isEmpty() ? "" : ": " + reached.fault();
            throw inError("server " + server.id() + " is " + reached.status() + " and not " + status + reason);
        }
        return reached;
    }

    /// Whether a server has stopped changing.
    private static final class Settling {
        private int idlePolls;

        boolean isOver(Server now, String wanted) {
            if (now.isBusy() || now.status().equals("BUILD")) {
                idlePolls = 0;
                return false;
            }
            idlePolls++;
            return now.isInError() || now.status().equals(wanted) || idlePolls >= SETTLED_POLLS;
        }
    }

    /// Waits until an image is active.
    public Image image(String id, String title, Duration limit) {
        Image image = until(Subject.ofImage(cloud, id, title), Image::isSettled, limit);
        if (!image.isActive()) {
            throw inError("image " + id + " is " + image.status() + " and not active");
        }
        return image;
    }

    /// Waits until nothing is being done to a volume, and it is well.
    public Volume volume(Volume volume, Duration limit) {
        Volume now = until(Subject.of(cloud, volume), Volume::isSettled, limit);
        if (now.isInError()) {
            throw inError("volume " + volume.id() + " is " + now.status());
        }
        return now;
    }

    /// Waits until a snapshot of a volume is taken.
    public VolumeSnapshot snapshot(VolumeSnapshot snapshot, Duration limit) {
        VolumeSnapshot now = until(Subject.of(cloud, snapshot), VolumeSnapshot::isSettled, limit);
        if (now.error().isPresent()) {
            throw inError("volume snapshot " + snapshot.id() + " is " + now.status());
        }
        return now;
    }

    /// Waits until a backup of the state is available.
    public StateBackup state(StateBackup backup, Duration limit) {
        StateBackup done = until(Subject.of(cloud, backup), StateBackup::isSettled, limit);
        if (!done.isAvailable()) {
            throw inError("state backup " + done.id() + " failed: " + done.errorMessage());
        }
        return done;
    }

    /// Waits until what reverts of a server have kept is in the store, so that it can be gone back to. A revert that
    /// still goes on is followed first.
    public void kept(Server server, Duration limit) {
        cloud.jobs()
                .ofServer(server)
                .filter(job -> !job.isOver())
                .ifPresent(running -> job(running, running.kindInWords(), limit));
        if (isKept(server)) {
            return;
        }
        String again = "stasis snapshot-undo " + server.id();
        ProgressView view = view(server.name());
        String words = "The undo has not begun: what the revert kept is on its way to the store. Begin it again:  ";
        poll(view, "what the revert of " + server.id() + " kept", again, words + again, limit, () -> {
            view.show(Progress.of("storing what the revert kept"));
            return isKept(server) ? Optional.of(server) : Optional.empty();
        });
        view.end("kept");
    }

    private boolean isKept(Server server) {
        return cloud.snapshots().tree(server).stream()
                .noneMatch(snapshot -> snapshot.isSafety() && snapshot.status().equals("creating"));
    }

    /// What has become of an image whose upload was cut off before its answer came: waits while the cloud still takes
    /// it in, as long as a gateway may be away. Empty if it is gone, or the cloud does not say.
    public Optional<Image> uploaded(Image image) {
        Instant deadline = clock.instant().plus(Patience.LIMIT);
        while (true) {
            try {
                Optional<Image> now = cloud.images().byId(image.id());
                if (now.isEmpty() || !now.get().isTakenIn()) {
                    return now;
                }
            } catch (Failure unanswered) {
                // Until the deadline.
            }
            if (!clock.instant().isBefore(deadline)) {
                return Optional.empty();
            }
            pace.rest(POLL);
        }
    }

    /// Waits until a resource is over what it is in the middle of.
    public <R extends Resource> R until(Subject<R> subject, Predicate<R> over, Duration limit) {
        ProgressView view = view(subject.title());
        R reached = poll(view, subject.what(), subject.look(), subject.lastWords(), limit, () -> {
            R now = subject.ask().get().orElseThrow(() -> inError(subject.what() + " does not exist any more"));
            if (over.test(now)) {
                return Optional.of(now);
            }
            view.show(Progress.of(subject.words().apply(now)));
            return Optional.empty();
        });
        view.end(subject.words().apply(reached));
        return reached;
    }

    /// Waits until a resource is not there any more.
    ///
    /// @param stays why it will not go, once that is known
    public <R extends Resource> void gone(Subject<R> subject, Function<R, Optional<String>> stays, Duration limit) {
        ProgressView view = view(subject.title());
        poll(view, subject.what(), subject.look(), subject.lastWords(), limit, () -> {
            Optional<R> now = subject.ask().get();
            if (now.isEmpty()) {
                return Optional.of(subject);
            }
            view.show(Progress.of(subject.words().apply(now.get())));
            Optional<String> why = stays.apply(now.get());
            if (why.isPresent()) {
                view.end(now.get().status());
                throw inError(subject.what() + " could not be deleted: " + why.get());
            }
            return Optional.empty();
        });
        view.end("deleted");
    }

    private ProgressView view(String title) {
        return views.of(terminal, clock, title);
    }

    private <T> T poll(
            ProgressView view,
            String what,
            String howToGoOn,
            String lastWords,
            Duration limit,
            Supplier<Optional<T>> question) {
        Instant deadline = clock.instant().plus(limit);
        Patience patience = new Patience(clock);
        try (Interrupts.Guard _ = interrupts.guard(() -> lastWords(lastWords))) {
            while (true) {
                try {
                    Optional<T> answer = question.get();
                    if (answer.isPresent()) {
                        return answer.get();
                    }
                    patience.answered();
                } catch (Failure failure) {
                    patience.bear(failure);
                }
                if (!clock.instant().isBefore(deadline)) {
                    view.end("still going on");
                    throw timeout(what, limit, howToGoOn);
                }
                pace.rest(POLL);
            }
        }
    }

    private void lastWords(String hint) {
        terminal.err().println();
        terminal.note(hint);
    }

    private static Failure inError(String message) {
        return Failure.local(FailureType.RESOURCE_IN_ERROR, message);
    }

    private static Failure timeout(String what, Duration limit, String howToGoOn) {
        return Failure.local(
                FailureType.TIMEOUT,
                what + " was not done after " + Quantities.took(limit) + "; it goes on. Look at it: " + howToGoOn);
    }
}
