package cloud.stasis.cli.follow;

import cloud.stasis.cli.cloud.Cloud;
import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.cloud.StateBackup;
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

    public Follower(Cloud cloud, Terminal terminal, Clock clock, Pace pace, Interrupts interrupts) {
        this.cloud = cloud;
        this.terminal = terminal;
        this.clock = clock;
        this.pace = pace;
        this.interrupts = interrupts;
    }

    /// Follows a job to its end.
    ///
    /// @return the job when it has succeeded; [FailureType#JOB_FAILED] with its reason otherwise
    public Job job(Job job, String title, Duration limit) {
        ProgressView view = ProgressView.of(terminal, clock, title);
        String hint = "Job " + job.id() + " goes on. Follow it:  stasis job-follow " + job.id()
                + "   Stop it:  stasis job-cancel " + job.id();
        try (Interrupts.Guard _ = interrupts.guard(() -> lastWords(hint));
                JobEvents events = new JobEvents(cloud.jobs(), job)) {
            return toEnd(job, view, events, limit);
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
        return finished(now, view);
    }

    private Job asked(Job job) {
        pace.rest(POLL);
        return cloud.jobs()
                .byId(job.id())
                .orElseThrow(
                        () -> Failure.local(FailureType.JOB_FAILED, "job " + job.id() + " does not exist any more"));
    }

    private static Job finished(Job job, ProgressView view) {
        if (job.hasSucceeded()) {
            view.end("completed");
            return job;
        }
        view.end(job.isStuck() ? "stuck" : "failed");
        String what = job.kind().isEmpty() ? "the job" : "'" + job.kindInWords() + "'";
        String reason = job.errorMessage().isEmpty() ? "no reason was given" : job.errorMessage();
        String code = job.errorCode().isEmpty() ? "" : " [" + job.errorCode() + "]";
        String advice = job.isStuck() ? ". It can go neither on nor back by itself: an operator has to look at it" : "";
        throw Failure.local(
                FailureType.JOB_FAILED, what + " (job " + job.id() + ") did not succeed: " + reason + code + advice);
    }

    /// Waits until a server is idle in the given status, by its job where the cloud has jobs.
    /// [FailureType#RESOURCE_IN_ERROR] if it gets nowhere near.
    public Server server(Server server, String status, Duration limit) {
        Optional<Job> job = cloud.jobs().ofServer(server).filter(newest -> !newest.isOver());
        job.ifPresent(running -> job(running, server.name(), limit));
        ProgressView view = ProgressView.of(terminal, clock, server.name());
        Settling settling = new Settling();
        Server reached = poll(view, "server " + server.id(), "stasis show " + server.id(), limit, () -> {
            Server now = cloud.compute()
                    .serverById(server.id())
                    .orElseThrow(() -> inError("server " + server.id() + " does not exist any more"));
            if (job.isEmpty()) {
                view.show(serverProgress(now));
            }
            return settling.isOver(now, status) ? Optional.of(now) : Optional.empty();
        });
        if (job.isEmpty()) {
            view.end(reached.status());
        }
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

    private static Progress serverProgress(Server server) {
        String task = server.taskState();
        return Progress.of(server.status() + (task.isEmpty() ? "" : " (" + task + ")"));
    }

    /// Waits until a server is gone.
    public void deleted(Server server, Duration limit) {
        ProgressView view = ProgressView.of(terminal, clock, server.name());
        poll(view, "server " + server.id(), "stasis show " + server.id(), limit, () -> {
            Optional<Server> now = cloud.compute().serverById(server.id());
            now.ifPresent(still -> {
                view.show(serverProgress(still));
                if (still.isInError() && !still.isBusy()) {
                    view.end("ERROR");
                    throw inError("server " + server.id() + " could not be deleted: " + still.fault());
                }
            });
            return now.isPresent() ? Optional.empty() : Optional.of(server);
        });
        view.end("deleted");
    }

    /// Waits until what reverts of a server have kept is in the store, so that it can be gone back to.
    public void kept(Server server, Duration limit) {
        ProgressView view = ProgressView.of(terminal, clock, server.name());
        poll(view, "server " + server.id(), "stasis snapshot-tree " + server.id(), limit, () -> {
            boolean isKept = cloud.snapshots().tree(server).stream()
                    .noneMatch(
                            snapshot -> snapshot.isSafety() && snapshot.status().equals("creating"));
            return isKept ? Optional.of(server) : Optional.empty();
        });
    }

    /// Waits until an image is active, by its job where the cloud has jobs, else by its status.
    public Image image(String id, String title, Duration limit) {
        Optional<Job> job = cloud.jobs().ofImage(id);
        if (job.isPresent()) {
            job(job.get(), title, limit);
        }
        ProgressView view = ProgressView.of(terminal, clock, title);
        Image image = poll(view, "image " + id, "stasis image-show " + id, limit, () -> {
            Image now = cloud.images()
                    .byId(id)
                    .orElseThrow(() -> inError("image " + id + " was not made: it does not exist any more"));
            if (!now.isSettled()) {
                view.show(Progress.of(now.status()));
            }
            return now.isSettled() ? Optional.of(now) : Optional.empty();
        });
        if (job.isEmpty()) {
            view.end(image.status());
        }
        if (!image.isActive()) {
            throw inError("image " + id + " is " + image.status() + " and not active");
        }
        return image;
    }

    /// Waits until a backup of the state is available.
    public StateBackup state(StateBackup backup, Duration limit) {
        ProgressView view = ProgressView.of(terminal, clock, "state backup");
        StateBackup done = poll(view, "state backup " + backup.id(), "stasis state-list", limit, () -> {
            StateBackup now = cloud.stateBackups().one(backup.id());
            view.show(Progress.of(now.status()));
            return now.isSettled() ? Optional.of(now) : Optional.empty();
        });
        view.end(done.status());
        if (!done.isAvailable()) {
            throw inError("state backup " + done.id() + " failed: " + done.errorMessage());
        }
        return done;
    }

    private <T> T poll(
            ProgressView view, String what, String howToGoOn, Duration limit, Supplier<Optional<T>> question) {
        Instant deadline = clock.instant().plus(limit);
        Patience patience = new Patience(clock);
        try (Interrupts.Guard _ = interrupts.guard(() -> lastWords("It goes on. Look at it:  " + howToGoOn))) {
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
