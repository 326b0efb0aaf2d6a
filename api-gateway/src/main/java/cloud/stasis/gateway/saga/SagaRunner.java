package cloud.stasis.gateway.saga;

import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobTracker;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Decision.Sending;
import cloud.stasis.messages.Command;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.JobId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/// Carries out what [SagaEngine] decides. Every method must be called within a transaction; everything that it
/// does is part of it.
public final class SagaRunner {
    private static final Logger LOG = Logger.getLogger(SagaRunner.class);

    private final Map<String, Saga<?>> sagas;
    private final SagaLog log;
    private final Outbox outbox;
    private final JobTracker jobs;
    private final Clock clock;
    private final Patience patience;

    public SagaRunner(
            List<Saga<?>> sagas, SagaLog log, Outbox outbox, JobTracker jobs, Clock clock, Patience patience) {
        this.sagas = sagas.stream().collect(Collectors.toUnmodifiableMap(Saga::name, Function.identity()));
        this.log = log;
        this.outbox = outbox;
        this.jobs = jobs;
        this.clock = clock;
        this.patience = patience;
    }

    /// Begins a run that a tenant waits for, under an id that the resource rows already name. Enters the job.
    public void start(SagaId id, Start<?> start, Job job) {
        jobs.accepted(job);
        startAccepted(id, start, job);
    }

    /// As [#start], of a job that was entered before and has waited since.
    public void startAccepted(SagaId id, Start<?> start, Job job) {
        begin(id, start, Optional.of(job.id()), job.requestId());
        jobs.started(job.id(), id);
    }

    /// Begins a run that shows in rows of its own and not in a job.
    ///
    /// @param requestId of the API request that led to it; empty if none did
    public void start(SagaId id, Start<?> start, String requestId) {
        begin(id, start, Optional.empty(), requestId);
    }

    /// Takes what a worker tells about a command. An answer that no run waits for is late or repeated: it is
    /// ignored.
    public void answered(Fact.Answer answer) {
        Optional<StoredRun> waiting = log.awaiting(answer.command());
        if (waiting.isEmpty()) {
            LOG.debugf("No saga waits for this answer commandId=%s", answer.command());
            return;
        }
        StoredRun stored = waiting.get();
        Saga<?> saga = sagaOf(stored);
        switch (answer) {
            case Fact.CommandAccepted ignored -> log.save(stored.wakingAt(Optional.of(endOfSilence())));
            case Fact.CommandProgressed progressed -> progressed(saga, stored, progressed);
            case Fact.CommandDone done -> advance(saga, stored, new Input.Done(done.command(), done.result()));
            case Fact.CommandFailed failed -> advance(saga, stored, new Input.Failed(failed.command(), failed.error()));
        }
    }

    /// Asks again if the time for that has come.
    public void wake(SagaId id) {
        StoredRun stored = log.find(id).orElseThrow();
        if (stored.wakeAt().filter(at -> !at.isAfter(clock.instant())).isPresent()) {
            try (LoggedRequest _ = LoggedRequest.of(stored.requestId())) {
                LOG.debugf("Asking again sagaId=%s saga=%s commandId=%s", id, stored.saga(), stored.awaited());
                advance(sagaOf(stored), stored, new Input.Silence());
            }
        }
    }

    /// Asks a run to turn back. It does so when the command under way has answered.
    ///
    /// @throws StasisException `WRONG_STATE` if it is past the point from which it can
    public void cancel(SagaId id) {
        StoredRun stored = log.find(id).orElseThrow();
        cancel(sagaOf(stored), stored);
    }

    /// As [#cancel], but without effect on a run that cannot turn back any more.
    public void cancelIfPossible(SagaId id) {
        log.find(id).ifPresent(stored -> advance(sagaOf(stored), stored, new Input.CancelAsked()));
    }

    /// An operator asks a stuck run to try again.
    public void askAgain(SagaId id) {
        StoredRun stored = log.find(id).orElseThrow();
        advance(sagaOf(stored), stored, new Input.AskedAgain());
    }

    private void follow(Start<?> next, String requestId) {
        begin(next.id(), next, next.job(), requestId);
        next.job().ifPresent(job -> jobs.started(job, next.id()));
    }

    private <D> void begin(SagaId id, Start<D> start, Optional<JobId> job, String requestId) {
        Run<D> run = new Run<>(id, start.data(), job, requestId);
        Decision<D> decision = SagaEngine.begin(start.saga(), id, start.data());
        log.add(stored(start.saga(), run, decision));
        send(start.saga(), run, decision);
    }

    private <D> void cancel(Saga<D> saga, StoredRun stored) {
        if (!SagaEngine.canTurnBack(saga, state(saga, stored))) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "The job is past the point from which it can be cancelled.");
        }
        advance(saga, stored, new Input.CancelAsked());
    }

    private <D> void progressed(Saga<D> saga, StoredRun stored, Fact.CommandProgressed fact) {
        Run<D> run = run(saga, stored);
        stored.job().ifPresent(job -> jobs.progressed(job, fact.phase(), fact.done(), fact.total()));
        saga.progressed(run, fact.phase());
        StoredRun heard = stored.wakingAt(Optional.of(endOfSilence()));
        if (saga.isUnwanted(run.data())) {
            advance(saga, heard, new Input.CancelAsked());
        } else {
            log.save(heard);
        }
    }

    private <D> void advance(Saga<D> saga, StoredRun stored, Input input) {
        SagaState<D> state = state(saga, stored);
        Decision<D> decision = SagaEngine.advance(saga, state, input);
        Run<D> run = new Run<>(stored.id(), decision.next().data(), stored.job(), stored.requestId());
        StoredRun next = stored(saga, run, decision);
        if (decision.send().isEmpty() && next.awaited().equals(stored.awaited())) {
            next = next.wakingAt(stored.wakeAt());
        }
        log.save(next);
        decision.turns().forEach(turn -> tell(saga, run, turn));
        send(saga, run, decision);
    }

    private <D> void tell(Saga<D> saga, Run<D> run, Turn turn) {
        switch (turn) {
            case Turn.StepDone done -> saga.stepDone(run, done.step());
            case Turn.Unwinding unwinding -> run.job().ifPresent(job -> jobs.unwinding(job, unwinding.cause()));
            case Turn.Completed ignored -> {
                saga.completed(run).forEach(next -> follow(next, run.requestId()));
                run.job().ifPresent(jobs::succeeded);
            }
            case Turn.Undone undone -> {
                saga.undone(run, undone.cause());
                run.job().ifPresent(job -> jobs.failed(job, undone.cause()));
            }
            case Turn.Stuck stuck -> {
                LOG.errorf(
                        "A saga is stuck and needs an operator requestId=%s sagaId=%s saga=%s code=%s message=%s",
                        run.requestId(),
                        run.id(),
                        saga.name(),
                        stuck.failure().code(),
                        stuck.failure().message());
                saga.stuck(run, stuck.failure());
                run.job().ifPresent(job -> jobs.stuck(job, stuck.failure()));
            }
        }
    }

    private <D> void send(Saga<D> saga, Run<D> run, Decision<D> decision) {
        if (decision.send().isEmpty() || !decision.send().get().isNow()) {
            return;
        }
        Sending sending = decision.send().get();
        LOG.infof(
                "Sending a command requestId=%s jobId=%s sagaId=%s saga=%s step=%s direction=%s commandId=%s",
                run.requestId(),
                run.job().map(JobId::toString).orElse("-"),
                run.id(),
                saga.name(),
                sending.step(),
                sending.direction(),
                sending.id());
        Step<D> step = saga.steps(run.data()).stream()
                .filter(candidate -> candidate.name().equals(sending.step()))
                .findFirst()
                .orElseThrow();
        switch (sending.direction()) {
            case DO -> send(sending.id(), step.request(run.data()), run.requestId());
            case UNDO -> send(sending.id(), step.undo(run.data()).orElseThrow(), run.requestId());
            case CANCEL -> sendCancel(sending.id(), step.request(run.data()), run.requestId());
        }
    }

    private void send(CommandId id, Request request, String requestId) {
        outbox.send(request.topic(), id, request.command(), requestId);
    }

    /// Agents and stores have work that is long enough to be stopped; the commands of volumes end soon by themselves.
    private void sendCancel(CommandId underWay, Request request, String requestId) {
        Optional<Command> stop =
                switch (request.command()) {
                    case ComputeCommand compute ->
                        Optional.of(new ComputeCommand.CancelCommand(compute.instance(), underWay));
                    case ImageCommand ignored -> Optional.of(new ImageCommand.CancelWork(underWay));
                    case VolumeCommand ignored -> Optional.empty();
                };
        stop.ifPresent(command -> outbox.send(request.topic(), CommandId.random(), command, requestId));
    }

    private <D> StoredRun stored(Saga<D> saga, Run<D> run, Decision<D> decision) {
        Optional<CommandId> awaited = decision.next().awaited();
        Duration wait = decision.send()
                .filter(sending -> !sending.isNow())
                .map(sending -> patience.delayAfter(sending.failures()))
                .orElse(patience.silence());
        return new StoredRun(
                run.id(),
                saga.name(),
                decision.next().progress(),
                RowJson.write(decision.next().data()),
                run.job(),
                run.requestId(),
                awaited,
                awaited.map(ignored -> clock.instant().plus(wait)));
    }

    private Instant endOfSilence() {
        return clock.instant().plus(patience.silence());
    }

    private static <D> SagaState<D> state(Saga<D> saga, StoredRun stored) {
        return new SagaState<>(stored.id(), stored.progress(), RowJson.read(stored.data(), saga.dataType()));
    }

    private static <D> Run<D> run(Saga<D> saga, StoredRun stored) {
        return new Run<>(stored.id(), RowJson.read(stored.data(), saga.dataType()), stored.job(), stored.requestId());
    }

    private Saga<?> sagaOf(StoredRun stored) {
        Saga<?> saga = sagas.get(stored.saga());
        if (saga == null) {
            throw new StasisException(ErrorCode.INTERNAL, "this release knows no saga " + stored.saga());
        }
        return saga;
    }
}
