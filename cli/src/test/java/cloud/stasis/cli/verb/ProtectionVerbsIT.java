package cloud.stasis.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.fake.Shell;
import cloud.stasis.cli.fake.Shell.Run;
import cloud.stasis.cli.fake.WholeCloud;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtectionVerbsIT {
    private static final String SERVER = "/snapshot/v1/servers/" + WholeCloud.WEB;
    private static final String ONE = SERVER + "/protection";

    @TempDir
    Path home;

    private final WholeCloud whole = new WholeCloud();
    private Shell shell;

    @BeforeEach
    void setUp() {
        shell = Shell.loggedInTo(whole.cloud(), home);
    }

    @AfterEach
    void tearDown() {
        whole.close();
    }

    @Test
    void protectSendsWhatWasSaidAndNothingElse() {
        assertThat(shell.run("protect", "--no-wait", WholeCloud.WEB).status()).isZero();
        assertThat(sent("PUT " + ONE)).isEqualTo("{}");

        shell.run(
                "protect",
                "--no-wait",
                "--interval",
                "250ms",
                "--output",
                "held",
                "--manual",
                "--host",
                "host-2",
                WholeCloud.WEB);

        assertThat(sent("PUT " + ONE))
                .isEqualTo("{\"interval_ms\":250,\"output\":\"held\",\"automatic\":false,\"host\":\"host-2\"}");
        assertThat(shell.run("protect", "--manual", "--automatic", WholeCloud.WEB)
                        .status())
                .isEqualTo(2);
    }

    @Test
    void aFailoverIsPlannedUnlessSaidOtherwise() {
        shell.run("failover", "--no-wait", WholeCloud.WEB);
        assertThat(sent("POST " + SERVER + "/failover")).isEqualTo("{\"planned\":true}");

        shell.run("failover", "--no-wait", "--unplanned", WholeCloud.WEB);
        assertThat(sent("POST " + SERVER + "/failover")).isEqualTo("{\"planned\":false}");
    }

    @Test
    void aStandbyIsShownWithHowWellItIsKept() {
        Run run = shell.run("protection-show", WholeCloud.WEB);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("protected, degraded", "the link is slow", "200.0 ms", "400.0 ms", "7.3 ms", "host-2")
                .contains("by itself", "held", "1.0 MiB");
        assertThat(shell.run("protection-list").out()).contains(WholeCloud.WEB, "protected", "degraded");
    }

    private String sent(String request) {
        return whole.cloud().last(request).text();
    }
}
