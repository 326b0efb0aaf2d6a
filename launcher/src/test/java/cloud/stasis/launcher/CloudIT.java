package cloud.stasis.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.launcher.parts.Part;
import cloud.stasis.launcher.parts.Part.Sharing;
import cloud.stasis.launcher.parts.PartName;
import cloud.stasis.launcher.parts.Readiness;
import cloud.stasis.launcher.process.Launch;
import cloud.stasis.launcher.process.ProcessMark;
import cloud.stasis.launcher.process.ProcessTable;
import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.Port;
import cloud.stasis.launcher.settings.PortName;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bringing parts up and down, with small programs in their place.
class CloudIT {
    private static final Set<PartName> ALL = EnumSet.allOf(PartName.class);
    private static final Launch SLEEP = new Launch(List.of("sleep", "600"), Map.of());

    @TempDir
    Path directory;

    private ProcessTable processes;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void makeHome() {
        Home home = new Home(directory);
        home.create();
        processes = new ProcessTable(home);
    }

    @AfterEach
    void stopEverything() {
        ALL.forEach(name -> processes.stop(name.toString(), Duration.ZERO));
    }

    @Test
    void upStartsOnlyWhatDoesNotRun() {
        Cloud cloud = cloud(part(PartName.KAFKA, SLEEP, () -> true), part(PartName.API_GATEWAY, SLEEP, () -> true));
        cloud.up(ALL);
        ProcessMark kafka = processes.find("kafka").orElseThrow();
        processes.stop("api-gateway", Duration.ZERO);

        int started = cloud.up(ALL);

        assertThat(started).isEqualTo(1);
        assertThat(processes.find("kafka")).contains(kafka);
        assertThat(processes.find("api-gateway")).isPresent();
    }

    @Test
    void servicesWaitForFoundations() {
        Cloud cloud = cloud(
                part(PartName.KAFKA, SLEEP, () -> true),
                part(PartName.API_GATEWAY, SLEEP, () -> processes.find("kafka").isPresent()));

        assertThat(cloud.up(ALL)).isEqualTo(2);
    }

    @Test
    void aPartThatEndsWhileStartingIsToldWithItsLastWords() {
        Launch failing = new Launch(List.of("sh", "-c", "echo cannot open the frobnicator; exit 1"), Map.of());
        Cloud cloud = cloud(part(PartName.KAFKA, failing, () -> false));

        assertThatThrownBy(() -> cloud.up(ALL))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("kafka ended while it was starting")
                .hasMessageContaining("cannot open the frobnicator");
    }

    @Test
    void aPartThatIsNeverReadyIsToldAfterItsDeadline() {
        Cloud cloud = cloud(part(PartName.KAFKA, SLEEP, () -> false));

        assertThatThrownBy(() -> cloud.up(ALL)).hasMessageContaining("kafka runs but is not ready");
    }

    @Test
    void aTakenPortIsToldWithItsHolderAndItsVariable() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Part part = new Part(
                    PartName.MARIADB,
                    () -> SLEEP,
                    List.of(new Port(PortName.MARIADB, taken.getLocalPort())),
                    () -> true,
                    Sharing.OWN,
                    Duration.ofSeconds(1),
                    Duration.ZERO);

            assertThatThrownBy(() -> cloud(part).up(ALL))
                    .hasMessageContaining("Port " + taken.getLocalPort())
                    .hasMessageContaining("pid " + ProcessHandle.current().pid())
                    .hasMessageContaining("STASIS_PORT_MARIADB");
            assertThat(processes.find("mariadb")).isEmpty();
        }
    }

    @Test
    void whatSomebodyElseStartedIsUsedAndNotStopped() {
        Part shared = new Part(
                PartName.LIBVIRTD,
                () -> {
                    throw new AssertionError("must not be started");
                },
                List.of(),
                () -> true,
                Sharing.MACHINE,
                Duration.ofSeconds(1),
                Duration.ZERO);
        Cloud cloud = cloud(shared);

        assertThat(cloud.up(ALL)).isZero();
        assertThat(cloud.status()).first().extracting(PartStatus::state).isEqualTo(PartState.SHARED);
        cloud.down(ALL);
        assertThat(printed.toString()).doesNotContain("stopped");
    }

    @Test
    void statusTellsStartingFromReadyFromStopped() {
        Cloud cloud = cloud(part(PartName.KAFKA, SLEEP, () -> false), part(PartName.MARIADB, SLEEP, () -> false));
        processes.start("kafka", SLEEP);

        assertThat(cloud.status())
                .extracting(PartStatus::state)
                .containsExactly(PartState.NOT_READY, PartState.STOPPED);
    }

    private Cloud cloud(Part... parts) {
        return new Cloud(List.of(parts), processes, new PrintStream(printed, true));
    }

    private static Part part(PartName name, Launch launch, Readiness readiness) {
        return new Part(
                name, () -> launch, List.of(), readiness, Sharing.OWN, Duration.ofSeconds(1), Duration.ofSeconds(5));
    }
}
