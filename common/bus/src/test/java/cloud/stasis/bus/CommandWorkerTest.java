package cloud.stasis.bus;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.messages.Command;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Envelope;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandWorkerTest {
    private static final long DEADLINE_SECONDS = 20;

    @TempDir
    Path directory;

    private final BlockingQueue<Fact> told = new LinkedBlockingQueue<>();
    private final List<CommandWorker<?>> workers = new ArrayList<>();

    @AfterEach
    void stop() {
        workers.forEach(CommandWorker::close);
    }

    @Test
    void answersACommandThatComesTwiceWithoutRepeatingIt() throws InterruptedException {
        AtomicInteger carriedOut = new AtomicInteger();
        CommandWorker<VolumeCommand> worker = worker((command, context) -> {
            carriedOut.incrementAndGet();
            return new CommandResult.Completed();
        });
        Envelope<Command> command = create(VolumeId.random());

        worker.submit(command);
        Fact.Answer first = awaitOutcome();
        worker.submit(command);

        assertThat(awaitOutcome()).isEqualTo(first);
        assertThat(carriedOut).hasValue(1);
    }

    @Test
    void whatIsLoggedMeanwhileIsAboutTheRequestThatLedToTheCommand() throws InterruptedException {
        VolumeId volume = VolumeId.random();
        List<Object> named = Collections.synchronizedList(new ArrayList<>());
        CommandWorker<VolumeCommand> worker = worker((command, context) -> {
            named.add(MDC.get(CommandWorker.REQUEST_ID));
            return new CommandResult.Completed();
        });
        Command command = create(volume).payload();

        for (String request : List.of("req-1", "req-2")) {
            worker.submit(new Envelope<>(UUID.randomUUID(), request, Instant.now(), command));
            awaitOutcome();
        }

        assertThat(named).containsExactly("req-1", "req-2");
    }

    @Test
    void keepsTheOrderOfOneKey() throws InterruptedException {
        List<ByteCount> order = Collections.synchronizedList(new ArrayList<>());
        CommandWorker<VolumeCommand> worker = worker((command, context) -> {
            order.add(((VolumeCommand.CreateVolume) command).size());
            return new CommandResult.Completed();
        });
        VolumeId volume = VolumeId.random();
        List<ByteCount> sent = new ArrayList<>();
        for (int size = 1; size <= 50; size++) {
            sent.add(ByteCount.ofBytes(size));
            worker.submit(envelope(new VolumeCommand.CreateVolume(volume, ByteCount.ofBytes(size))));
        }
        for (int i = 0; i < 50; i++) {
            awaitOutcome();
        }
        assertThat(order).isEqualTo(sent);
    }

    @Test
    void whatIsLeftForTheEndComesAfterTheOutcomeAndBeforeTheNextCommand() throws InterruptedException {
        VolumeId volume = VolumeId.random();
        CountDownLatch outcomeSeen = new CountDownLatch(1);
        List<String> done = Collections.synchronizedList(new ArrayList<>());
        CommandWorker<VolumeCommand> worker = worker((command, context) -> {
            done.add("begun");
            context.afterwards(() -> {
                awaitOpen(outcomeSeen);
                done.add("ended");
                throw new IllegalStateException("nobody minds");
            });
            return new CommandResult.Completed();
        });

        worker.submit(create(volume));
        worker.submit(create(volume));
        awaitOutcome();
        outcomeSeen.countDown();
        awaitOutcome();
        worker.close();

        assertThat(done).startsWith("begun", "ended", "begun");
    }

    @Test
    void commandOfSeveralKeysWaitsForAllOfThemAndHoldsAllOfThem() throws InterruptedException {
        InstanceId one = InstanceId.random();
        InstanceId two = InstanceId.random();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch both = new CountDownLatch(1);
        List<ComputeCommand> order = Collections.synchronizedList(new ArrayList<>());
        CommandWorker<ComputeCommand> worker = worker(ComputeCommand.class, (command, context) -> {
            if (command instanceof ComputeCommand.DeleteInstance) {
                awaitOpen(first);
            } else if (command instanceof ComputeCommand.CutTogether) {
                awaitOpen(both);
            }
            order.add(command);
            return new CommandResult.Completed();
        });
        ComputeCommand before = new ComputeCommand.DeleteInstance(two);
        ComputeCommand together = together(one, two);
        ComputeCommand again = together(two, one);
        ComputeCommand afterOne = new ComputeCommand.ChangePower(one, ComputeCommand.PowerAction.START);
        ComputeCommand afterTwo = new ComputeCommand.ChangePower(two, ComputeCommand.PowerAction.START);
        for (ComputeCommand command : List.of(before, together, again, afterOne, afterTwo)) {
            worker.submit(envelope(command));
        }

        first.countDown();
        assertThat(awaitOutcome().key()).isEqualTo(two.toString());
        both.countDown();
        for (int i = 0; i < 4; i++) {
            awaitOutcome();
        }

        assertThat(order).startsWith(before, together, again).hasSize(5);
    }

    private static ComputeCommand together(InstanceId first, InstanceId second) {
        return new ComputeCommand.CutTogether(
                first,
                UUID.randomUUID(),
                Stream.of(first, second)
                        .<ComputeCommand.Cut>map(of -> new ComputeCommand.Cut.SomeVolumes(of, List.of()))
                        .toList(),
                Quiesce.NONE,
                ComputeCommand.Hold.NONE);
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            assertThat(latch.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void takesUpAnUnfinishedCommandAfterARestart() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CommandWorker<VolumeCommand> dying = worker((command, context) -> {
            begun.countDown();
            awaitForever();
            return new CommandResult.Completed();
        });
        Envelope<Command> command = create(VolumeId.random());
        dying.submit(command);
        assertThat(begun.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        dying.close();

        BlockingQueue<Integer> attempts = new LinkedBlockingQueue<>();
        CommandWorker<VolumeCommand> restarted = worker((again, context) -> {
            attempts.add(context.attempt());
            return new CommandResult.Completed();
        });
        restarted.recover();

        assertThat(attempts.poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(awaitOutcome().command().value()).isEqualTo(command.id());
    }

    @Test
    void tellsAnOutcomeAgainUntilTheBusTakesIt() throws InterruptedException {
        AtomicInteger refusals = new AtomicInteger(2);
        CommandWorker<VolumeCommand> worker = new CommandWorker<>(
                VolumeCommand.class,
                (command, context) -> new CommandResult.Completed(),
                new CommandJournal(directory, Clock.systemUTC()),
                (fact, requestId) -> {
                    if (fact instanceof Fact.CommandDone && refusals.getAndDecrement() > 0) {
                        throw new StasisException(ErrorCode.BUS_UNAVAILABLE, "away");
                    }
                    told.add(fact);
                },
                Clock.systemUTC());
        workers.add(worker);

        worker.submit(create(VolumeId.random()));

        assertThat(awaitOutcome()).isInstanceOf(Fact.CommandDone.class);
    }

    @RepeatedTest(20)
    void carriesACommandOutAgainWhoseFailureMayPass() throws InterruptedException {
        AtomicInteger attempts = new AtomicInteger();
        CommandWorker<VolumeCommand> worker = worker((command, context) -> {
            if (attempts.getAndIncrement() == 0) {
                throw new StasisException(ErrorCode.STORE_UNAVAILABLE, "the store is away");
            }
            return new CommandResult.Completed();
        });
        Envelope<Command> command = create(VolumeId.random());

        worker.submit(command);
        assertThat(awaitOutcome()).isInstanceOf(Fact.CommandFailed.class);
        worker.submit(command);

        assertThat(awaitOutcome()).isInstanceOf(Fact.CommandDone.class);
    }

    @Test
    void cancelOvertakesTheQueueAndFailsTheCommand() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CommandWorker<ComputeCommand> worker = worker(ComputeCommand.class, (command, context) -> {
            begun.countDown();
            Instant deadline = Instant.now().plusSeconds(DEADLINE_SECONDS);
            while (Instant.now().isBefore(deadline)) {
                context.checkCancelled();
                context.progress(Phase.UPLOADING, ByteCount.ZERO, ByteCount.ofMib(1));
                Thread.onSpinWait();
            }
            return new CommandResult.Completed();
        });
        InstanceId instance = InstanceId.random();
        Envelope<Command> command = envelope(new ComputeCommand.DeleteInstance(instance));
        worker.submit(command);
        assertThat(begun.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();

        worker.submit(envelope(new ComputeCommand.CancelCommand(instance, new CommandId(command.id()))));

        assertThat(awaitOutcome()).isInstanceOfSatisfying(Fact.CommandFailed.class, failed -> assertThat(
                        failed.error().code())
                .isEqualTo(ErrorCode.CANCELLED));
    }

    @Test
    void publishesAtMostOneProgressASecondWithinAPhase() throws InterruptedException {
        CommandWorker<VolumeCommand> worker = worker((command, context) -> {
            for (int i = 0; i < 1000; i++) {
                context.progress(Phase.UPLOADING, ByteCount.ofBytes(i), ByteCount.ofBytes(1000));
            }
            return new CommandResult.Completed();
        });
        worker.submit(create(VolumeId.random()));
        awaitOutcome();
        assertThat(progressSeen).isLessThan(20);
    }

    @Test
    void journalSurvivesATornWrite() throws Exception {
        CommandJournal journal = new CommandJournal(directory, Clock.systemUTC());
        Files.writeString(directory.resolve("open").resolve("half.json.tmp"), "{\"id\":");
        assertThat(new CommandJournal(directory, Clock.systemUTC()).unfinished())
                .isEmpty();
        assertThat(journal.unfinished()).isEmpty();
    }

    private int progressSeen;

    private Fact.Answer awaitOutcome() throws InterruptedException {
        while (true) {
            Fact fact = told.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            assertThat(fact).as("a fact within the deadline").isNotNull();
            switch (fact) {
                case Fact.CommandDone done -> {
                    return done;
                }
                case Fact.CommandFailed failed -> {
                    return failed;
                }
                case Fact.CommandProgressed ignored -> progressSeen++;
                case Fact.CommandAccepted ignored -> {}
                case Fact.InstanceObserved ignored -> {}
                case Fact.BundleFound ignored -> {}
                case Fact.StoreMeasured ignored -> {}
            }
        }
    }

    private static void awaitForever() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    private CommandWorker<VolumeCommand> worker(CommandHandler<VolumeCommand> handler) {
        return worker(VolumeCommand.class, handler);
    }

    private <C extends Command> CommandWorker<C> worker(Class<C> kind, CommandHandler<C> handler) {
        CommandWorker<C> worker = new CommandWorker<>(
                kind,
                handler,
                new CommandJournal(directory, Clock.systemUTC()),
                (fact, requestId) -> told.add(fact),
                Clock.systemUTC());
        workers.add(worker);
        return worker;
    }

    private static Envelope<Command> create(VolumeId volume) {
        return envelope(new VolumeCommand.CreateVolume(volume, ByteCount.ofGib(1)));
    }

    private static Envelope<Command> envelope(Command command) {
        return new Envelope<>(CommandId.random().value(), "req-test", Instant.now(), command);
    }
}
