package cloud.stasis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.fake.Answer;
import cloud.stasis.cli.fake.FakeCloud;
import cloud.stasis.cli.fake.WholeCloud;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The command line on a real pseudoterminal, which `script` makes: keys are pressed and not signals sent.
@Timeout(60)
class TerminalIT {
    private static final String CTRL_C = "\u0003";

    @TempDir
    Path home;

    private final WholeCloud whole = new WholeCloud();
    private final CountDownLatch closing = new CountDownLatch(1);

    @AfterEach
    void tearDown() {
        closing.countDown();
        whole.close();
    }

    /// @param columns of the terminal
    private Process start(int columns, String arguments) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        String command = "stty cols " + columns + " rows 30; exec " + java
                + " -XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path")
                + "' cloud.stasis.cli.Stasis " + arguments;
        ProcessBuilder builder =
                new ProcessBuilder("script", "--quiet", "--return", "--flush", "--command", command, "/dev/null");
        builder.environment().keySet().removeIf(name -> name.startsWith("OS_") || name.startsWith("XDG_"));
        builder.environment().remove("COLUMNS");
        builder.environment().remove("NO_COLOR");
        builder.environment().put("TERM", "xterm");
        builder.environment().put("SHELL", "/bin/sh");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("HOME", home.toString());
        builder.environment().put("OS_AUTH_URL", whole.cloud().url() + "/identity/v3");
        builder.environment().put("OS_USERNAME", FakeCloud.USER);
        builder.environment().put("OS_PASSWORD", FakeCloud.PASSWORD);
        builder.environment().put("OS_PROJECT_NAME", "project");
        return builder.redirectErrorStream(true).start();
    }

    /// Everything that is shown until the text comes.
    private static String until(InputStream screen, String text) throws IOException {
        StringBuilder shown = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (shown.indexOf(text) < 0) {
            int read = screen.read(buffer);
            assertThat(read).as(text + " never came, but: " + shown).isPositive();
            shown.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
        }
        return shown.toString();
    }

    private static String rest(InputStream screen) throws IOException {
        return new String(screen.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void press(Process process, String key) throws IOException {
        process.getOutputStream().write(key.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    @Test
    void ctrlCLeavesTheJobRunningAndSaysHowToFollowIt() throws Exception {
        whole.cloud().on("GET /snapshot/v1/jobs/" + WholeCloud.JOB + "/events", _ -> silence());

        Process process = start(120, "snapshot-create " + WholeCloud.WEB + " before");
        String bar = until(process.getInputStream(), "ETA 1:15");
        press(process, CTRL_C);
        String words = rest(process.getInputStream());

        assertThat(bar).contains("\r\u001b[Kbefore [\u2588\u2588\u2591").contains(" 10%");
        assertThat(words)
                .contains("Job " + WholeCloud.JOB + " goes on. Follow it:  stasis job-follow " + WholeCloud.JOB);
        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(whole.cloud().lines()).noneMatch(line -> line.contains("cancel") || line.startsWith("DELETE"));
    }

    @Test
    void ctrlCSaysHowEachOfSeveralIsFollowed() throws Exception {
        String one = WholeCloud.job(WholeCloud.JOB, "running", 10, "");
        String other = WholeCloud.job(WholeCloud.DOOMED, "running", 10, "");
        whole.cloud()
                .on(
                        "POST /snapshot/v1/instants/" + WholeCloud.INSTANT + "/revert",
                        Answer.json(202, "{'jobs':[" + one + "," + other + "]}"))
                .on("GET /snapshot/v1/jobs/" + WholeCloud.JOB + "/events", _ -> silence());

        Process process = start(120, "instant-revert " + WholeCloud.INSTANT);
        until(process.getInputStream(), "ETA 1:15");
        press(process, CTRL_C);

        assertThat(rest(process.getInputStream()))
                .contains("stasis job-follow " + WholeCloud.JOB, "stasis job-follow " + WholeCloud.DOOMED);
        assertThat(process.waitFor()).isEqualTo(130);
    }

    @Test
    void ctrlCDuringADownloadLeavesNoDraft() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        whole.cloud().on("GET /image/v2/images/" + WholeCloud.IMAGE + "/file", _ -> {
            asked.countDown();
            return silence();
        });
        Path file = home.resolve("saved");

        Process process = start(120, "image-save --file " + file + " " + WholeCloud.IMAGE);
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        press(process, CTRL_C);

        assertThat(rest(process.getInputStream())).contains("Nothing was saved.");
        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(home.resolve("saved.part")).doesNotExist();
        assertThat(file).doesNotExist();
    }

    @Test
    void tablesFitTheTerminalAndStatesAreColoured() throws Exception {
        Process process = start(72, "list");
        String screen = rest(process.getInputStream());

        assertThat(process.waitFor()).as(screen).isZero();
        assertThat(screen).contains("\u001b[32mACTIVE\u001b[0m");
        List<String> lines = screen.replaceAll("\u001b\\[[0-9;]*m", "").lines().toList();
        assertThat(lines).isNotEmpty().allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(72));
        assertThat(lines.getFirst()).startsWith("+---");
    }

    @Test
    void aWiderTerminalShowsMore() throws Exception {
        Process process = start(160, "list");

        assertThat(rest(process.getInputStream())).contains("Power State").contains("Networks");
        assertThat(process.waitFor()).isZero();
    }

    /// Nothing happens for as long as the test goes on.
    private Answer silence() {
        try {
            closing.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return Answer.events(": nothing\n\n");
    }
}
