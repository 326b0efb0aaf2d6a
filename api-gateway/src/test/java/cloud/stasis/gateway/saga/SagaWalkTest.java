package cloud.stasis.gateway.saga;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.VolumeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// Sagas of random shape against a worker that fails, forgets, repeats and delays at random. Whatever happens:
/// each run ends, and what it leaves done is either everything or nothing.
class SagaWalkTest {
    private static final int MAX_INPUTS = 10_000;

    @Property(tries = 2000)
    void endsWithEverythingOrNothingDone(
            @ForAll @IntRange(min = 1, max = 6) int length,
            @ForAll @IntRange(min = -1, max = 5) int commitAt,
            @ForAll long seed) {
        Random random = new Random(seed);
        Saga<String> saga = new SagaOf(steps(length, commitAt));
        World world = new World(random);
        SagaState<String> state =
                SagaEngine.begin(saga, new SagaId(new UUID(1, seed)), "").next();
        for (int inputs = 0; state.awaited().isPresent(); inputs++) {
            assertThat(inputs).as("inputs until the end").isLessThan(MAX_INPUTS);
            Optional<Input> input = world.next(state);
            if (input.isPresent()) {
                SagaState<String> before = state;
                state = SagaEngine.advance(saga, before, input.get()).next();
                assertThat(SagaEngine.advance(saga, before, input.get()).next()).isEqualTo(state);
                if (world.committed.contains("s" + commitAt)) {
                    assertThat(state.progress()).isNotInstanceOf(Progress.Backward.class);
                }
            }
        }
        check(state, length, world);
    }

    private static void check(SagaState<String> state, int length, World world) {
        switch (state.progress()) {
            case Progress.Completed ignored -> assertThat(world.standing).hasSize(length);
            case Progress.Undone ignored -> assertThat(world.standing).isEmpty();
            case Progress.Stuck ignored ->
                assertThat(world.definiteFailures).isGreaterThanOrEqualTo(SagaEngine.MAX_ROUNDS);
            case Progress.Forward ignored -> throw new AssertionError("still going forward");
            case Progress.Backward ignored -> throw new AssertionError("still going backward");
        }
    }

    private static List<Step<String>> steps(int length, int commitAt) {
        List<Step<String>> steps = new ArrayList<>();
        for (int at = 0; at < length; at++) {
            Step<String> step = Step.of("s" + at, SagaWalkTest::request).undoneBy(SagaWalkTest::request);
            steps.add(at == commitAt ? step.committing() : step);
        }
        return steps;
    }

    private static Request request(String data) {
        return new Request("topic", new VolumeCommand.DeleteVolume(VolumeId.random()));
    }

    /// Carries commands out once in effect, and tells of it badly.
    private static final class World {
        final Set<String> standing = new HashSet<>();
        final Set<String> committed = new HashSet<>();
        final Map<CommandId, Input> recorded = new HashMap<>();
        final List<Input> told = new ArrayList<>();
        final Random random;
        int definiteFailures;

        World(Random random) {
            this.random = random;
        }

        /// What happens next; empty if the message is lost.
        Optional<Input> next(SagaState<String> state) {
            return switch (random.nextInt(10)) {
                case 0 -> Optional.of(new Input.Silence());
                case 1 -> told.isEmpty() ? Optional.empty() : Optional.of(told.get(random.nextInt(told.size())));
                case 2 -> random.nextInt(5) == 0 ? Optional.of(new Input.CancelAsked()) : Optional.empty();
                default -> carryOut(state);
            };
        }

        private Optional<Input> carryOut(SagaState<String> state) {
            CommandId command = state.awaited().orElseThrow();
            Input answer = recorded.get(command);
            if (answer == null) {
                answer = attempt(state, command);
            }
            if (random.nextInt(4) == 0) {
                return Optional.empty();
            }
            told.add(answer);
            if (answer instanceof Input.Done && state.progress() instanceof Progress.Forward forward) {
                committed.add(forward.step().value());
            }
            return Optional.of(answer);
        }

        private Input attempt(SagaState<String> state, CommandId command) {
            Progress.Active at = (Progress.Active) state.progress();
            int luck = random.nextInt(20);
            if (luck == 0) {
                return new Input.Failed(command, new ErrorReport(ErrorCode.STORE_UNAVAILABLE, "away"));
            }
            if (luck == 1) {
                return new Input.Failed(command, new ErrorReport(ErrorCode.OUTCOME_UNKNOWN, "who knows"));
            }
            if (luck < 5) {
                definiteFailures++;
                Input failed = new Input.Failed(command, new ErrorReport(ErrorCode.NO_SPACE, "full"));
                recorded.put(command, failed);
                return failed;
            }
            if (at instanceof Progress.Forward) {
                standing.add(at.step().value());
            } else {
                standing.remove(at.step().value());
            }
            Input done = new Input.Done(command, new CommandResult.Completed());
            recorded.put(command, done);
            return done;
        }
    }
}
