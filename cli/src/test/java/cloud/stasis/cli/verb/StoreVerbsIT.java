package cloud.stasis.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.fake.Answer;
import cloud.stasis.cli.fake.FakeCloud;
import cloud.stasis.cli.fake.Shell;
import cloud.stasis.cli.fake.Shell.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreVerbsIT {
    private static final String IMAGE = "22222222-2222-4222-8222-222222222222";
    private static final String JOB = "44444444-4444-4444-8444-444444444444";
    private static final String PUSH = "POST /snapshot/v1/store/push";
    private static final String PULL = "POST /snapshot/v1/store/pull";
    private static final String ADOPT = "POST /snapshot/v1/store/adopt";

    @TempDir
    Path home;

    private final FakeCloud cloud = new FakeCloud();
    private Shell shell;

    @BeforeEach
    void setUp() {
        shell = Shell.loggedInTo(cloud, home);
        for (String order : new String[] {PUSH, PULL, ADOPT}) {
            cloud.on(order, Answer.json(202, "{'job':" + job("running", 0) + "}"));
        }
        cloud.on(
                "GET /image/v2/images/" + IMAGE,
                Answer.json(200, "{'id':'" + IMAGE + "','name':'debian','status':'active'}"));
        cloud.on("GET /snapshot/v1/jobs/" + JOB + "/events", Answer.events("data: " + job("succeeded", 100) + "\n\n"));
    }

    @AfterEach
    void tearDown() {
        cloud.close();
    }

    private static String job(String status, int percent) {
        return "{'id':'" + JOB + "','kind':'push_bundles','status':'" + status + "','percent':" + percent
                + ",'phase':'copying'}";
    }

    @Test
    void pushFindsAnImageAndWaits() {
        Run run = shell.run("push", "--to", "lyon", "--rate", "20M", IMAGE);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(cloud.last(PUSH).text())
                .isEqualTo("{\"bundles\":[\"image/" + IMAGE + "\"],\"peer\":\"lyon\",\"bytes_per_second\":20971520}");
        assertThat(run.err()).contains("completed");
    }

    @Test
    void pullTakesWhatBundlesHaveInCommon() {
        Run run = shell.run("pull", "--from", "lyon", "--name", "nightly-*", "--project", "p1", "--no-wait", "--json");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(cloud.last(PULL).text()).isEqualTo("{\"name\":\"nightly-*\",\"peer\":\"lyon\",\"project\":\"p1\"}");
        assertThat(run.out()).contains(JOB);
    }

    @Test
    void usageIsShownWithItsLimits() {
        cloud.on(
                "GET /snapshot/v1/store/usage",
                Answer.json(
                        200,
                        "{'usage':{'project':'p1','kept_bytes':3221225472,'stored_bytes':1048576,"
                                + "'store_gigabytes':5,'stored_gigabytes':-1}}"));

        Run run = shell.run("store-usage");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("3.0 GiB", "5.0 GiB", "1.0 MiB", "no limit");
    }

    @Test
    void limitsAreSetOneByOne() {
        String limit = "PUT /snapshot/v1/store/usage/p1";
        cloud.on(limit, Answer.json(200, "{'usage':{'project':'p1','kept_bytes':0}}"));

        Run run = shell.run("store-limit", "p1", "--kept", "-1");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(cloud.last(limit).text()).isEqualTo("{\"store_gigabytes\":-1}");
    }

    @Test
    void anImageIsShownWithWhatItTakesUp() {
        cloud.on(
                "GET /snapshot/v1/images/" + IMAGE,
                Answer.json(200, "{'image':{'stored':{'own':2097152,'shared':1048576}}}"));

        Run run = shell.run("image-show", IMAGE);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("stored: own", "2.0 MiB", "stored: shared")
                .doesNotContain("sole");
    }

    @Test
    void adoptionOfAllHasToBeAskedFor() {
        assertThat(shell.run("store-adopt").status()).isNotZero();
        assertThat(shell.run("store-adopt", "--all", "--kind", "image").status())
                .isNotZero();
        assertThat(shell.run("store-adopt", "by-name").status()).isNotZero();

        assertThat(shell.run("store-adopt", "--all").status()).isZero();
        assertThat(cloud.last(ADOPT).text()).isEqualTo("{}");
    }

    @Test
    void aRateThatIsNoneIsRefused() {
        Run run = shell.run("push", "--to", "lyon", "--all", "--rate", "fast");

        assertThat(run.status()).isNotZero();
        assertThat(run.err()).contains("--rate");
    }
}
