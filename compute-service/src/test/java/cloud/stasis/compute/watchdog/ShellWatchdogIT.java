package cloud.stasis.compute.watchdog;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.compute.RealHost;
import cloud.stasis.compute.hypervisor.Guests.FreezeAnswer;
import cloud.stasis.compute.hypervisor.Hypervisor;
import cloud.stasis.compute.hypervisor.Memories;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.watchdog.Watchdog.Rescue;
import cloud.stasis.disks.Outliving;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Cut;
import cloud.stasis.messages.ComputeCommand.Hold;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A real guest that nobody lets go on but the watchdog.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShellWatchdogIT {
    private static final Path SOCKET_OF_LIBVIRT = Path.of("/run/libvirt/libvirt-sock");

    @TempDir
    Path directory;

    private RealHost host;
    private InstanceId id;

    @BeforeAll
    void boot() {
        host = new RealHost();
        id = host.boot(List.of());
    }

    @AfterAll
    void close() {
        host.close();
    }

    /// An agent that is stuck: it neither dies nor thaws.
    @Test
    void guestThatNobodyThawsWritesAgainAfterTheDeadline() {
        Watchdog watchdog = new ShellWatchdog(directory, RealHost.LIBVIRT, Outliving.HERE);
        WatchdogHandle handle = watchdog.handle();
        watchdog.guard(handle, id, Rescue.THAW, Duration.ofSeconds(2));
        assertThat(host.host().hypervisor().guests().freeze(id)).isInstanceOf(FreezeAnswer.Frozen.class);
        assertThat(host.host().hypervisor().guests().isFrozen(id)).isTrue();

        await("the guest is thawed", () -> !host.host().hypervisor().guests().isFrozen(id));

        assertThat(watchdog.cancel(handle)).as("called off in time").isFalse();
        assertWrites();
    }

    /// Killed like by the kernel while a guest is frozen and paused for an instant that it shares with others.
    @Test
    void guestOfAnAgentThatIsKilledGoesOnAtOnceAndTheNextAgentFindsNothing() throws Exception {
        killOncePaused(HoldingAgent.class);

        await("the guest goes on", () -> state() == PowerState.RUNNING);
        await("the guest is thawed", () -> !host.host().hypervisor().guests().isFrozen(id));
        assertWrites();
        host.start();
        Instance instance = host.instance(id);
        assertThat(instance.isAtRest()).isTrue();
        assertThat(instance.directory().snapshots()).isEmpty();
        assertThat(instance.disks().values()).allSatisfy(disk -> {
            assertThat(disk.holders()).isEmpty();
            assertThat(disk.strays()).isEmpty();
        });
        assertWrites();
    }

    /// Killed when the memory of a guest is in its file and the guest is not off yet.
    @Test
    void guestThatIsSavedWhenItsAgentIsKilledGoesOnAtOnceAndMayBeSuspendedThen() throws Exception {
        host.inGuest(id, "echo here > /run/before");

        killOncePaused(SavingAgent.class);

        await("the guest goes on", () -> state() == PowerState.RUNNING);
        assertWrites();
        host.start();
        Instance instance = host.instance(id);
        assertThat(instance.isAtRest()).isTrue();
        assertThat(instance.directory().suspending()).doesNotExist();
        assertThat(state()).isEqualTo(PowerState.RUNNING);
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.SUSPEND));
        assertThat(state()).isEqualTo(PowerState.SUSPENDED);
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.RESUME));
        assertThat(host.inGuest(id, "cat /run/before")).contains("here");
        assertWrites();
    }

    private void killOncePaused(Class<?> main) throws Exception {
        Process agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        host.directory().toString(),
                        id.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader said = agent.inputReader()) {
            await("the guest is held", () -> HoldingAgent.HELD.equals(line(said)));
            assertThat(state()).isEqualTo(PowerState.PAUSED);
        } finally {
            agent.destroyForcibly().waitFor();
        }
    }

    @Test
    void guestIsLetGoOnHoweverLongLibvirtDoesNotAnswer() throws IOException {
        Path socket = directory.resolve("absent");
        ShellWatchdog watchdog = watchdogThatAsksAt(socket);
        WatchdogHandle handle = watchdog.handle();
        watchdog.guard(handle, id, Rescue.RESUME, Duration.ZERO);
        host.host().hypervisor().domains().pause(id);
        await("the first tries are over", () -> Files.exists(directory.resolve(id + ".RESUME.lock")));
        assertThat(state()).isEqualTo(PowerState.PAUSED);

        Files.createSymbolicLink(socket, SOCKET_OF_LIBVIRT);

        await("the guest goes on", () -> state() == PowerState.RUNNING);
        assertWrites();
    }

    /// It would come into the way of what the agent does next.
    @Test
    void watchdogThatWasNotHeardIsCalledOff() throws IOException {
        Path socket = directory.resolve("silent");
        ShellWatchdog watchdog = watchdogThatAsksAt(socket);
        WatchdogHandle handle = watchdog.handle();
        watchdog.guard(handle, id, Rescue.RESUME, Duration.ZERO);
        await("the deadline is over", () -> Files.exists(directory.resolve(handle.name() + ".fired")));
        host.host().hypervisor().domains().pause(id);

        assertThat(watchdog.cancel(handle)).isFalse();
        assertThat(watchdog.cancel(handle)).isFalse();

        await("nobody tries any more", () -> ProcessHandle.allProcesses()
                .noneMatch(process -> process.info().commandLine().orElse("").contains(handle.name())));
        Files.createSymbolicLink(socket, SOCKET_OF_LIBVIRT);
        assertThat(state()).isEqualTo(PowerState.PAUSED);
        host.host().hypervisor().domains().resume(id);
    }

    private ShellWatchdog watchdogThatAsksAt(Path socket) {
        return new ShellWatchdog(
                directory,
                URI.create("qemu+unix:///system?socket=" + socket),
                Outliving.HERE,
                2,
                Duration.ofSeconds(1));
    }

    private PowerState state() {
        return host.host().state(host.instance(id));
    }

    private void assertWrites() {
        String word = UUID.randomUUID().toString();
        assertThat(host.inGuest(
                        id, "echo " + word + " > /root/word; echo " + word + " > /data/word; sync; cat /data/word"))
                .contains(word);
    }

    private static void await(String what, BooleanSupplier condition) {
        RealHost.await(what, condition::getAsBoolean);
    }

    private static String line(BufferedReader from) {
        try {
            String line = from.readLine();
            assertThat(line).as("what the agent says").isNotNull();
            return line;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// An agent in a process of its own, that freezes and pauses a guest and waits to be told to let it go on; it ends
    /// with the test that started it.
    static final class HoldingAgent {
        static final String HELD = "held";

        private HoldingAgent() {}

        public static void main(String[] args) throws IOException {
            InstanceId instance = InstanceId.parse(args[1]);
            RealHost agent = RealHost.on(Path.of(args[0]));
            agent.handle(new ComputeCommand.CutTogether(
                    instance,
                    UUID.randomUUID(),
                    List.of(new Cut.WholeInstance(instance, SnapshotId.random(), MemoryChoice.DISKS_ONLY)),
                    Quiesce.REQUIRE,
                    Hold.UNTIL_RELEASED));
            System.out.println(HELD);
            System.in.read();
        }
    }

    /// An agent in a process of its own, that suspends a guest and gets no further than to its memory.
    static final class SavingAgent {
        private SavingAgent() {}

        public static void main(String[] args) {
            RealHost.on(Path.of(args[0]))
                    .handle(
                            new ComputeCommand.ChangePower(InstanceId.parse(args[1]), PowerAction.SUSPEND),
                            SavingAgent::seen);
        }

        private static Hypervisor seen(Hypervisor hypervisor) {
            return with(Hypervisor.class, hypervisor, "memories", _ -> seen(hypervisor.memories()));
        }

        private static Memories seen(Memories memories) {
            return with(Memories.class, memories, "save", args -> {
                memories.save((InstanceId) args[0], (Path) args[1], stuckAtItsEnd((Memories.Pause) args[2]));
                return null;
            });
        }

        private static Memories.Pause stuckAtItsEnd(Memories.Pause pause) {
            return new Memories.Pause() {
                @Override
                public void begins() {
                    pause.begins();
                }

                @Override
                public void ends() {
                    System.out.println(HoldingAgent.HELD);
                    try {
                        System.in.read();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }
            };
        }

        private static <T> T with(Class<T> type, T real, String name, Function<Object[], @Nullable Object> instead) {
            return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, args) -> {
                if (method.getName().equals(name)) {
                    return instead.apply(args);
                }
                try {
                    return method.invoke(real, args);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            }));
        }
    }
}
