package cloud.stasis.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.launcher.settings.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTableIT {
    private static final String NAME = "sleeper";
    private static final Launch SLEEP = new Launch(List.of("sleep", "600"), Map.of());

    @TempDir
    Path directory;

    private Home home;
    private ProcessTable processes;

    @BeforeEach
    void makeHome() {
        home = new Home(directory);
        home.create();
        processes = new ProcessTable(home);
    }

    @AfterEach
    void stop() {
        processes.stop(NAME, Duration.ZERO);
    }

    @Test
    void aStartedProcessIsFoundBySomebodyElse() {
        processes.start(NAME, SLEEP);

        ProcessMark found = new ProcessTable(home).find(NAME).orElseThrow();

        assertThat(ProcessHandle.of(found.pid()).orElseThrow().info().command())
                .hasValueSatisfying(command -> assertThat(command).endsWith("sleep"));
    }

    @Test
    void aProcessThatTookThePidIsNotTheOneThatWasStarted() throws Exception {
        processes.start(NAME, SLEEP);
        ProcessMark mark = processes.find(NAME).orElseThrow();

        Path file = home.run().resolve("other.pid");
        Files.writeString(file, mark.pid() + " " + (mark.startTick() - 1) + " " + mark.boot());
        Path earlierBoot = home.run().resolve("earlier.pid");
        Files.writeString(earlierBoot, mark.pid() + " " + mark.startTick() + " an-earlier-boot");

        assertThat(processes.find("other")).isEmpty();
        assertThat(processes.find("earlier")).isEmpty();
    }

    @Test
    void aPidFileThatMakesNoSenseNamesNobody() throws Exception {
        Files.writeString(home.run().resolve(NAME + ".pid"), "not a pid");

        assertThat(processes.find(NAME)).isEmpty();
    }

    @Test
    void stoppingEndsTheProcessAndForgetsIt() {
        processes.start(NAME, SLEEP);
        ProcessMark mark = processes.find(NAME).orElseThrow();

        processes.stop(NAME, Duration.ofSeconds(10));

        assertThat(mark.alive()).isFalse();
        assertThat(home.run().resolve(NAME + ".pid")).doesNotExist();
    }

    @Test
    void whatDoesNotListenIsKilled() {
        // The shell has taken its signal handler once it says so.
        processes.start(
                NAME, new Launch(List.of("sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"), Map.of()));
        ProcessMark mark = processes.find(NAME).orElseThrow();
        Waiting.until(Duration.ofMinutes(1), Duration.ofMillis(20), () -> said().contains("deaf"));

        processes.stop(NAME, Duration.ofMillis(200));

        assertThat(mark.alive()).isFalse();
    }

    @Test
    void whatAProcessSaysIsInItsLog() {
        processes.start(
                NAME, new Launch(List.of("sh", "-c", "echo $GREETING; exec sleep 600"), Map.of("GREETING", "hi")));

        assertThat(Waiting.until(Duration.ofMinutes(1), Duration.ofMillis(20), () -> said().equals("hi\n")))
                .isTrue();
    }

    private String said() {
        try {
            return Files.readString(processes.log(NAME));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
