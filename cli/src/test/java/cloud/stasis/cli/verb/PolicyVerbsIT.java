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

class PolicyVerbsIT {
    private static final String WEB = "11111111-1111-4111-8111-111111111111";
    private static final String POLICY = "66666666-6666-4666-8666-666666666666";
    private static final String ALL = "/snapshot/v1/policies";
    private static final String ONE = ALL + "/" + POLICY;

    @TempDir
    Path home;

    private final FakeCloud cloud = new FakeCloud();
    private Shell shell;

    @BeforeEach
    void setUp() {
        shell = Shell.loggedInTo(cloud, home);
        cloud.on(
                "GET /compute/v2.1/servers/" + WEB,
                Answer.json(200, "{'server':{'id':'" + WEB + "','name':'web-1','status':'ACTIVE'}}"));
        cloud.on("POST " + ALL, Answer.json(201, "{'policy':" + policy() + "}"));
        cloud.on("GET " + ALL, Answer.json(200, "{'policies':[" + policy() + "]}"));
        cloud.on("GET " + ONE, Answer.json(200, "{'policy':" + policy() + "}"));
        cloud.on("PUT " + ONE, Answer.json(200, "{'policy':" + policy() + "}"));
        cloud.on("DELETE " + ONE, Answer.empty(204));
        cloud.on("POST " + ONE + "/run", Answer.json(202, "{'results':[" + result("waiting") + "]}"));
    }

    @AfterEach
    void tearDown() {
        cloud.close();
    }

    private static String policy() {
        return "{'id':'" + POLICY + "','name':'nightly','server':'" + WEB + "','action':'snapshot','memory':true,"
                + "'consistency':'prefer','cron':'30 2 * * *','timezone':'Europe/Berlin','retention':{'last':0,"
                + "'hourly':0,'daily':7,'weekly':4,'monthly':0},'enabled':true,'last_run':null,"
                + "'next_run':'2026-03-02T01:30:00Z','results':[" + result("done") + "]}";
    }

    private static String result(String status) {
        return "{'run_at':'2026-03-01T01:30:00Z','target':'" + WEB + "','status':'" + status
                + "','product':null,'job':null,'reason':null}";
    }

    @Test
    void createSendsWhatWasAskedFor() {
        Run run = shell.run(
                "policy-create",
                "--server",
                WEB,
                "--memory",
                "--cron",
                "30 2 * * *",
                "--timezone",
                "Europe/Berlin",
                "--keep",
                "daily=7,weekly=4",
                "nightly");

        assertThat(run.status()).isZero();
        assertThat(cloud.last("POST " + ALL).text())
                .isEqualTo("{\"name\":\"nightly\",\"server\":\"" + WEB + "\",\"memory\":true,"
                        + "\"cron\":\"30 2 * * *\",\"timezone\":\"Europe/Berlin\","
                        + "\"retention\":{\"daily\":7,\"weekly\":4}}");
        assertThat(run.out())
                .contains("snapshot with memory", "30 2 * * * Europe/Berlin", "daily=7,weekly=4", "2026-03-02T01:30");
    }

    @Test
    void aSelectionAndAnIntervalAreSentAsTheApiHasThem() {
        shell.run("policy-create", "--volumes", "tier=gold", "--backup", "--every", "6h", "--disabled", "gold");

        assertThat(cloud.last("POST " + ALL).text())
                .isEqualTo("{\"name\":\"gold\",\"volumes\":{\"metadata\":{\"tier\":\"gold\"}},\"action\":\"backup\","
                        + "\"enabled\":false,\"interval\":\"PT6H\"}");
        assertThat(shell.run("policy-create", "--every", "6h", "of-nothing").status())
                .isEqualTo(1);
    }

    @Test
    void aPolicyIsListedShownChangedRunAndDeletedByItsName() {
        assertThat(shell.run("policy-list").out()).contains("nightly", "server " + WEB);
        assertThat(shell.run("policy-show", "nightly").out()).contains("Results", "done");
        assertThat(shell.run("policy-update", "--disable", "--every", "90m", "nightly")
                        .status())
                .isZero();
        assertThat(cloud.last("PUT " + ONE).text()).isEqualTo("{\"enabled\":false,\"interval\":\"PT1H30M\"}");
        assertThat(shell.run("policy-run", "nightly").out()).contains("waiting");
        assertThat(shell.run("policy-delete", "nightly").status()).isZero();
        assertThat(shell.run("policy-update", "--disable", "--enable", "nightly")
                        .status())
                .isEqualTo(2);
    }
}
