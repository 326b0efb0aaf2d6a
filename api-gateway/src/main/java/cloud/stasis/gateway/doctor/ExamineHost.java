package cloud.stasis.gateway.doctor;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult.Examined;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/// Lets a host compare itself with the tables.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | examine | agent | Examine | none: what was mended stays mended |
public final class ExamineHost implements Saga<ExamineHost.Data> {
    private final Examinations examinations;
    private final Clock clock;

    public ExamineHost(Examinations examinations, Clock clock) {
        this.examinations = examinations;
        this.clock = clock;
    }

    public record Data(HostId host, ComputeCommand.Examine order, Optional<Examined> examined) {}

    @Override
    public String name() {
        return "examine-host";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of("examine", known -> new Request(Topics.commands(known.host()), known.order()))
                .bringing(Examined.class, (known, found) -> new Data(known.host(), known.order(), Optional.of(found))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Examined found = run.data().examined().orElseThrow();
        end(run, (examination, now) -> examination.found(found, now));
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        end(run, (examination, now) -> examination.failed(cause.message(), now));
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        undone(run, failure);
    }

    private void end(Run<Data> run, BiFunction<HostExamination, Instant, HostExamination> ending) {
        examinations
                .find(run.data().host())
                .filter(examination ->
                        examination.worker().filter(run.id()::equals).isPresent())
                .ifPresent(examination -> examinations.save(ending.apply(examination, clock.instant())));
    }
}
