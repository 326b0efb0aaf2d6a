package cloud.stasis.gateway.saga;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.saga.Decision.Direction;
import cloud.stasis.gateway.saga.Decision.Sending;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.VolumeId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SagaEngineTest {
    private static final CommandResult DONE = new CommandResult.Completed();
    private static final ErrorReport FOR_GOOD = new ErrorReport(ErrorCode.NO_SPACE, "full");
    private static final ErrorReport PASSING = new ErrorReport(ErrorCode.STORE_UNAVAILABLE, "away");
    private static final ErrorReport UNKNOWN = new ErrorReport(ErrorCode.OUTCOME_UNKNOWN, "who knows");

    /// prepare and capture can be undone, seal commits, settle comes after.
    private final Saga<String> saga = new SagaOf(List.of(
            step("prepare").undoneBy(SagaEngineTest::request),
            step("look"),
            step("capture").undoneBy(SagaEngineTest::request),
            step("seal").undoneBy(SagaEngineTest::request).committing(),
            step("settle")));

    @Test
    void sendsStepAfterStepUntilAllAreDone() {
        Walk walk = new Walk(saga);

        walk.answer(5, DONE);

        assertThat(walk.state.progress()).isEqualTo(new Progress.Completed());
        assertThat(walk.sent).containsExactly("DO prepare", "DO look", "DO capture", "DO seal", "DO settle");
    }

    @Test
    void unwindsFromTheFailingStepsOwnUndo() {
        Walk walk = new Walk(saga);
        walk.answer(2, DONE);

        walk.fail(FOR_GOOD);
        walk.answer(2, DONE);

        assertThat(walk.state.progress()).isEqualTo(new Progress.Undone(FOR_GOOD));
        assertThat(walk.sent).containsSubsequence("DO capture", "UNDO capture", "UNDO prepare");
        assertThat(walk.turns).contains(new Turn.Unwinding(FOR_GOOD), new Turn.Undone(FOR_GOOD));
    }

    @Test
    void undoesTheCommittingStepToo() {
        Walk walk = new Walk(saga);
        walk.answer(3, DONE);

        walk.fail(FOR_GOOD);
        walk.answer(3, DONE);

        assertThat(walk.state.progress()).isEqualTo(new Progress.Undone(FOR_GOOD));
        assertThat(walk.sent).containsSubsequence("DO seal", "UNDO seal", "UNDO capture", "UNDO prepare");
    }

    @Test
    void neverTurnsBackAfterTheCommitPoint() {
        Walk walk = new Walk(saga);
        walk.answer(4, DONE);

        for (int round = 0; round < SagaEngine.MAX_ROUNDS; round++) {
            walk.fail(FOR_GOOD);
        }

        assertThat(walk.state.progress()).isInstanceOfSatisfying(Progress.Stuck.class, stuck -> assertThat(
                        stuck.at().step())
                .isEqualTo(new StepName("settle")));
        assertThat(walk.sent).noneMatch(sent -> sent.startsWith("UNDO"));
    }

    @Test
    void asksForAFailedUndoAnewAndThenIsStuck() {
        Walk walk = new Walk(saga);
        walk.fail(FOR_GOOD);

        for (int round = 0; round < SagaEngine.MAX_ROUNDS; round++) {
            walk.fail(new ErrorReport(ErrorCode.INTERNAL, "broken"));
        }

        assertThat(walk.state.progress()).isInstanceOf(Progress.Stuck.class);
        assertThat(walk.commands).doesNotHaveDuplicates();
    }

    @Test
    void goesOnWhenAnOperatorAsksAStuckSagaAgain() {
        Walk walk = new Walk(saga);
        walk.answer(4, DONE);
        for (int round = 0; round < SagaEngine.MAX_ROUNDS; round++) {
            walk.fail(FOR_GOOD);
        }

        walk.feed(new Input.AskedAgain());
        walk.answer(1, DONE);

        assertThat(walk.state.progress()).isEqualTo(new Progress.Completed());
        assertThat(walk.commands).doesNotHaveDuplicates();
    }

    @Test
    void asksTheSameCommandAgainAfterSilence() {
        Walk walk = new Walk(saga);
        CommandId first = walk.awaited();

        walk.feed(new Input.Silence());

        assertThat(walk.awaited()).isEqualTo(first);
        assertThat(walk.sent).containsExactly("DO prepare", "DO prepare");
    }

    @Test
    void neverUnwindsAnUnknownOutcome() {
        Walk walk = new Walk(saga);
        CommandId first = walk.awaited();

        for (int time = 0; time < 100; time++) {
            walk.fail(UNKNOWN);
        }

        assertThat(walk.state.progress()).isInstanceOf(Progress.Forward.class);
        assertThat(walk.awaited()).isEqualTo(first);
    }

    @Test
    void waitsOutAFailureThatMayPassAndThenTurnsBack() {
        Walk walk = new Walk(saga);

        for (int time = 0; time < SagaEngine.MAX_PASSING; time++) {
            walk.fail(PASSING);
            assertThat(walk.state.progress()).isInstanceOf(Progress.Forward.class);
            assertThat(walk.failures).isEqualTo(time + 1);
        }
        walk.fail(PASSING);

        assertThat(walk.state.progress()).isInstanceOf(Progress.Backward.class);
    }

    @Test
    void waitsWithoutEndForWhatMayPassAfterTheCommitPoint() {
        Walk walk = new Walk(saga);
        walk.answer(4, DONE);

        for (int time = 0; time < 100; time++) {
            walk.fail(PASSING);
        }

        assertThat(walk.state.progress()).isInstanceOf(Progress.Forward.class);
        assertThat(walk.failures).isGreaterThan(1);
    }

    @Test
    void ignoresAnswersToOtherCommands() {
        Walk walk = new Walk(saga);
        CommandId first = walk.awaited();
        walk.answer(1, DONE);
        SagaState<String> before = walk.state;

        walk.feed(new Input.Done(first, DONE));
        walk.feed(new Input.Failed(first, FOR_GOOD));
        walk.feed(new Input.Failed(CommandId.random(), FOR_GOOD));

        assertThat(walk.state).isEqualTo(before);
    }

    @Test
    void takesAnUnexpectedResultForAFailure() {
        Saga<String> typed = new SagaOf(List.of(step("capture")
                .bringing(CommandResult.Captured.class, (data, captured) -> data)
                .undoneBy(SagaEngineTest::request)));
        Walk walk = new Walk(typed);

        walk.answer(1, DONE);

        assertThat(walk.state.progress()).isInstanceOf(Progress.Backward.class);
    }

    @Test
    void turnsBackOnRequestWhenTheCommandUnderWayHasAnswered() {
        Walk walk = new Walk(saga);
        walk.answer(2, DONE);

        walk.feed(new Input.CancelAsked());
        assertThat(walk.sent).endsWith("CANCEL capture");
        walk.answer(3, DONE);

        assertThat(walk.state.progress()).isInstanceOfSatisfying(Progress.Undone.class, undone -> assertThat(
                        undone.cause().code())
                .isEqualTo(ErrorCode.CANCELLED));
        assertThat(walk.sent).doesNotContain("DO seal");
    }

    @Test
    void doesNotTurnBackOnRequestAfterTheCommitPoint() {
        Walk walk = new Walk(saga);
        walk.answer(4, DONE);

        walk.feed(new Input.CancelAsked());
        walk.answer(1, DONE);

        assertThat(walk.state.progress()).isEqualTo(new Progress.Completed());
        assertThat(SagaEngine.canTurnBack(saga, walk.state)).isFalse();
    }

    @Test
    void turnsBackAtOnceWhenWhatMayPassFailsACancelledStep() {
        Walk walk = new Walk(saga);
        walk.feed(new Input.CancelAsked());

        walk.fail(PASSING);

        assertThat(walk.state.progress()).isInstanceOf(Progress.Backward.class);
    }

    @Test
    void givesTheSameCommandTheSameIdOnEveryMachine() {
        SagaId id = SagaId.random();

        CommandId here = SagaEngine.begin(saga, id, "").send().orElseThrow().id();
        CommandId there = SagaEngine.begin(saga, id, "").send().orElseThrow().id();

        assertThat(here).isEqualTo(there).isEqualTo(CommandId.of(id, "prepare"));
    }

    private static Step<String> step(String name) {
        return Step.of(name, SagaEngineTest::request);
    }

    private static Request request(String data) {
        return new Request("topic", new VolumeCommand.DeleteVolume(VolumeId.random()));
    }

    /// One run, fed by hand.
    static final class Walk {
        final Saga<String> saga;
        final List<String> sent = new ArrayList<>();
        final List<CommandId> commands = new ArrayList<>();
        final List<Turn> turns = new ArrayList<>();
        SagaState<String> state;
        int failures;

        Walk(Saga<String> saga) {
            this.saga = saga;
            Decision<String> first = SagaEngine.begin(saga, SagaId.random(), "");
            this.state = first.next();
            take(first);
        }

        CommandId awaited() {
            return state.awaited().orElseThrow();
        }

        void answer(int times, CommandResult result) {
            for (int time = 0; time < times; time++) {
                feed(new Input.Done(awaited(), result));
            }
        }

        void fail(ErrorReport error) {
            feed(new Input.Failed(awaited(), error));
        }

        void feed(Input input) {
            take(SagaEngine.advance(saga, state, input));
        }

        private void take(Decision<String> decision) {
            state = decision.next();
            turns.addAll(decision.turns());
            decision.send().ifPresent(this::note);
        }

        private void note(Sending sending) {
            failures = sending.failures();
            sent.add(sending.direction() + " " + sending.step());
            if (sending.direction() != Direction.CANCEL) {
                commands.add(sending.id());
            }
        }
    }
}
