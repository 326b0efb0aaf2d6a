package cloud.stasis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.fake.Answer;
import cloud.stasis.cli.fake.FakeCloud;
import java.io.BufferedReader;
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

/// The command line as a process of its own.
@Timeout(60)
class StasisIT {
    private static final String JOB = "44444444-4444-4444-8444-444444444444";

    @TempDir
    Path home;

    private final FakeCloud cloud = new FakeCloud();
    private final CountDownLatch closing = new CountDownLatch(1);

    @AfterEach
    void tearDown() {
        closing.countDown();
        cloud.close();
    }

    private Process start(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "cloud.stasis.cli.Stasis");
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("OS_") || name.startsWith("XDG_"));
        builder.environment().put("HOME", home.toString());
        builder.environment().put("OS_AUTH_URL", cloud.url() + "/identity/v3");
        builder.environment().put("OS_USERNAME", FakeCloud.USER);
        builder.environment().put("OS_PASSWORD", FakeCloud.PASSWORD);
        builder.environment().put("OS_PROJECT_NAME", "project");
        return builder.start();
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void resultsGoToStandardOutputAndTheStatusIsZero() throws Exception {
        cloud.on(
                "GET /compute/v2.1/servers/detail",
                Answer.json(200, "{'servers':[{'id':'1','name':'gr\u00f6\u00dfe'}]}"));

        Process process = start("list", "--json");
        String out = text(process.getInputStream());

        assertThat(process.waitFor()).isZero();
        assertThat(out).contains("gr\u00f6\u00dfe");
        assertThat(text(process.getErrorStream())).isEmpty();
    }

    @Test
    void errorsGoToStandardErrorAndTheStatusIsOne() throws Exception {
        Process process = start("show", "nothing");

        assertThat(text(process.getInputStream())).isEmpty();
        assertThat(text(process.getErrorStream())).startsWith("ERROR (NotFound): ");
        assertThat(process.waitFor()).isEqualTo(1);
    }

    @Test
    void whoeverIsStoppedWhileItWaitsSaysThatTheJobGoesOn() throws Exception {
        cloud.on(
                "GET /snapshot/v1/jobs/" + JOB,
                Answer.json(
                        200,
                        "{'job':{'id':'" + JOB
                                + "','kind':'TAKE_SNAPSHOT','status':'RUNNING','phase':'UPLOADING','percent':10}}"));
        cloud.on("GET /snapshot/v1/jobs/" + JOB + "/events", _ -> silence());

        Process process = start("job-follow", JOB);
        BufferedReader err = process.errorReader();
        assertThat(err.readLine()).isEqualTo("take snapshot: uploading 10%");
        // Of the handle: Process.destroy would close the streams as well.
        process.toHandle().destroy();

        assertThat(err.readLine()).isEmpty();
        assertThat(err.readLine()).startsWith("Job " + JOB + " goes on. Follow it:  stasis job-follow " + JOB);
        assertThat(process.waitFor()).isEqualTo(128 + 15);
        assertThat(cloud.lines()).noneMatch(line -> line.contains("cancel"));
    }

    /// An event stream on which nothing happens.
    private Answer silence() {
        try {
            closing.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return Answer.events(": nothing\n\n");
    }
}
