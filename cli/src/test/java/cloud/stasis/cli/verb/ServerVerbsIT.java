package cloud.stasis.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.fake.Answer;
import cloud.stasis.cli.fake.FakeCloud;
import cloud.stasis.cli.fake.Shell;
import cloud.stasis.cli.fake.Shell.Run;
import cloud.stasis.cli.screen.Terminal;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerVerbsIT {
    private static final String WEB = "11111111-1111-4111-8111-111111111111";
    private static final String DB = "22222222-2222-4222-8222-222222222222";
    private static final String LIST = "GET /compute/v2.1/servers/detail";
    private static final String SHOW = "GET /compute/v2.1/servers/" + WEB;
    private static final String ACTION = "POST /compute/v2.1/servers/" + WEB + "/action";

    @TempDir
    Path home;

    private final FakeCloud cloud = new FakeCloud();
    private Shell shell;

    @BeforeEach
    void setUp() {
        shell = Shell.loggedInTo(cloud, home);
        cloud.on(LIST, Answer.json(200, "{'servers':[" + server(WEB, "web-1", "ACTIVE", "null") + "]}"));
        cloud.on(SHOW, show("ACTIVE", "null"));
        cloud.on(ACTION, Answer.empty(202));
    }

    @AfterEach
    void tearDown() {
        cloud.close();
    }

    private static String server(String id, String name, String status, String task) {
        return "{'id':'" + id + "','name':'" + name + "','status':'" + status + "','OS-EXT-STS:task_state':" + task
                + ",'OS-EXT-STS:power_state':1,'addresses':{'net':[{'addr':'10.0.0.5'}]},'adminPass':'s3cret'}";
    }

    private static Answer show(String status, String task) {
        return Answer.json(200, "{'server':" + server(WEB, "web-1", status, task) + "}");
    }

    private static Answer db(String task) {
        return Answer.json(200, "{'server':" + server(DB, "db-1", "ACTIVE", task) + "}");
    }

    @Test
    void listsAsNovaclientDoes() {
        assertThat(shell.run("list").out()).isEqualTo("""
                +--------------------------------------+-------+--------+------------+-------------+--------------+
                | ID                                   | Name  | Status | Task State | Power State | Networks     |
                +--------------------------------------+-------+--------+------------+-------------+--------------+
                | 11111111-1111-4111-8111-111111111111 | web-1 | ACTIVE | -          | Running     | net=10.0.0.5 |
                +--------------------------------------+-------+--------+------------+-------------+--------------+
                """);
    }

    @Test
    void asksForTheMicroversionThatItWasWrittenFor() {
        shell.run("list");

        assertThat(cloud.last(LIST).headers().getFirst("OpenStack-API-Version")).isEqualTo("compute 2.93");
    }

    @Test
    void jsonIsWhatTheApiGave() throws IOException {
        Run run = shell.run("list", "--json");

        assertThat(new ObjectMapper()
                        .readTree(run.out())
                        .at("/0/OS-EXT-STS:power_state")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void pagesAreReadByMarkerUntilThereIsNoNext() {
        cloud.on(
                LIST,
                asked -> asked.line().contains("marker=" + WEB)
                        ? Answer.json(200, "{'servers':[" + server(DB, "db", "SHUTOFF", "null") + "]}")
                        : Answer.json(
                                200,
                                "{'servers':[" + server(WEB, "web-1", "ACTIVE", "null")
                                        + "],'servers_links':[{'rel':'next','href':'http://evil.example/?marker=x'}]}"));

        Run run = shell.run("list", "--limit", "all");

        assertThat(run.out()).contains(WEB, DB);
        assertThat(run.err()).isEmpty();
    }

    @Test
    void aListMayBeFiltered() {
        shell.run("list", "--name", "^web", "--status", "error", "--all-tenants");

        assertThat(cloud.last(LIST).line()).endsWith("?name=^web&status=ERROR&all_tenants=1&limit=1000");
    }

    @Test
    void aCutListSaysSo() {
        cloud.on(
                LIST,
                Answer.json(
                        200,
                        "{'servers':[" + server(WEB, "web-1", "ACTIVE", "null")
                                + "],'servers_links':[{'rel':'next','href':'x'}]}"));

        Run run = shell.run("list", "--limit", "1");

        assertThat(run.err()).isEqualTo("Only the first 1 are shown; --limit all shows every one.\n");
    }

    @Test
    void aServerIsFoundByItsId() {
        assertThat(shell.run("show", WEB).out()).contains("| name ", "web-1");
        assertThat(cloud.lines()).noneMatch(line -> line.startsWith(LIST));
    }

    @Test
    void whatStillStreamsIsShownWithTheServer() {
        cloud.on(
                "GET /snapshot/v1/servers/" + WEB + "/streams",
                Answer.json(200, "{'streams':[{'disk':'vda','fetched':1610612736,'size':8589934592}]}"));

        assertThat(shell.run("show", WEB).out()).contains("| streams ", "vda: 1.5 GiB of 8.0 GiB");
        assertThat(shell.run("show", WEB, "--json").out()).contains("1610612736");
    }

    @Test
    void aServerIsShownAlsoIfItsHostDoesNotSayWhatStreams() {
        cloud.on(
                "GET /snapshot/v1/servers/" + WEB + "/streams",
                Answer.json(503, "{'error':{'code':'HYPERVISOR_UNAVAILABLE','message':'later'}}"));

        assertThat(shell.run("show", WEB).out()).contains("web-1").doesNotContain("streams");
    }

    @Test
    void aServerIsFoundByItsNameTakenLiterally() {
        cloud.on(LIST, Answer.json(200, "{'servers':[" + server(WEB, "a.b (c)", "ACTIVE", "null") + "]}"));

        assertThat(shell.run("show", "a.b (c)").status()).isZero();
        assertThat(cloud.last(LIST).line()).contains("name=^a\\.b \\(c\\)$");
    }

    @Test
    void aVeryLongNameIsFoundByItsBeginning() {
        String name = "(".repeat(255);
        cloud.on(LIST, Answer.json(200, "{'servers':[" + server(WEB, name, "ACTIVE", "null") + "]}"));

        assertThat(shell.run("show", name).status()).isZero();
        assertThat(cloud.last(LIST).line()).contains("name=^" + "\\(".repeat(126) + "&");
    }

    @Test
    void aNameThatOnlyResemblesIsNotTaken() {
        Run run = shell.run("show", "web");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("ERROR (NotFound): no server with a name or ID of 'web' exists\n");
    }

    @Test
    void anAmbiguousNameIsNeverGuessed() {
        cloud.on(
                LIST,
                Answer.json(
                        200,
                        "{'servers':[" + server(WEB, "twin", "ACTIVE", "null") + ","
                                + server(DB, "twin", "ACTIVE", "null") + "]}"));

        Run run = shell.run("delete", "twin");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("ERROR (NoUniqueMatch): multiple server matches found for 'twin': " + WEB + ", " + DB
                        + ". Use an ID to be more specific\n");
        assertThat(cloud.lines()).noneMatch(line -> line.startsWith("DELETE"));
    }

    @Test
    void whatIsNoIdNeverStandsInAPath() {
        shell.run("show", "../../identity/v3/users");

        assertThat(cloud.lines()).noneMatch(line -> line.startsWith("GET /compute/v2.1/servers/.."));
    }

    @Test
    void anAdminPasswordIsNeverShown() {
        assertThat(shell.run("show", WEB).out()).doesNotContain("s3cret").doesNotContain("adminPass");
    }

    @Test
    void hostileNamesDoNotReachTheTerminal() {
        String hostile = "{'servers':[" + server(WEB, "x\\u001b]0;owned\\u0007\\u202e", "ACTIVE", "null") + "]}";
        cloud.on(LIST, Answer.json(200, hostile));

        assertThat(shell.run("list").out())
                .doesNotContain("\u001b", "\u0007", "\u202e")
                .contains("x\\x1b]0;owned\\x07");
        assertThat(shell.run("list", "--json").out()).doesNotContain("\u001b", "\u0007", "\u202e");
        assertThat(shell.run("list", "--yaml").out()).doesNotContain("\u001b", "\u0007", "\u202e");
    }

    @Test
    void hostileErrorMessagesDoNotReachTheTerminal() {
        cloud.on(LIST, Answer.json(403, "{'forbidden':{'code':403,'message':'no\\u001b[2J'}}"));

        assertThat(shell.run("list").err()).startsWith("ERROR (Forbidden): no\\x1b[2J (HTTP 403) (Request-ID: req-");
    }

    @Test
    void colourIsForTerminalsOnly() {
        assertThat(shell.run("list").out()).doesNotContain("\u001b");
        shell.terminal(new Terminal.Features(true, true, true, true, 200));
        assertThat(shell.run("list").out()).contains("\u001b[32mACTIVE\u001b[0m");
    }

    @Test
    void bootsWithARootImageAndADataVolume() {
        cloud.on("GET /image/v2/images", Answer.json(200, "{'images':[{'id':'img','name':'demo'}]}"));
        cloud.on(
                "GET /compute/v2.1/flavors/detail",
                Answer.json(200, "{'flavors':[{'id':'7','name':'m1.tiny'},{'id':'8','name':'7'}]}"));
        cloud.on(
                "POST /compute/v2.1/servers", Answer.json(202, "{'server':{'id':'" + WEB + "','adminPass':'s3cret'}}"));

        Run run =
                shell.run("boot", "--image", "demo", "--flavor", "7", "--volume", "2", "--meta", "tier=gold", "web-1");

        assertThat(run.status()).isZero();
        assertThat(run.out()).doesNotContain("s3cret");
        assertThat(cloud.last("POST /compute/v2.1/servers").json().toString()).isEqualTo("""
                {"server":{"name":"web-1","imageRef":"img","flavorRef":"7","block_device_mapping_v2":[\
                {"uuid":"img","source_type":"image","destination_type":"local","boot_index":0,\
                "delete_on_termination":true},\
                {"source_type":"blank","destination_type":"volume","volume_size":2,"boot_index":-1,\
                "delete_on_termination":false}],\
                "networks":"none","metadata":{"tier":"gold"}}}""");
    }

    @Test
    void bootUnderstandsNovaclientsBlockDevices() {
        cloud.on("GET /compute/v2.1/flavors/detail", Answer.json(200, "{'flavors':[{'id':'7','name':'m1.tiny'}]}"));
        cloud.on("POST /compute/v2.1/servers", Answer.json(202, "{'server':{'id':'" + WEB + "'}}"));

        shell.run(
                "boot",
                "--flavor",
                "m1.tiny",
                "--block-device",
                "source=volume,id=vol,dest=volume,bootindex=0,shutdown=remove,bus=virtio",
                "--nic",
                "auto",
                "web-1");

        assertThat(cloud.last("POST /compute/v2.1/servers").json().toString()).isEqualTo("""
                {"server":{"name":"web-1","flavorRef":"7","block_device_mapping_v2":[\
                {"source_type":"volume","uuid":"vol","destination_type":"volume","boot_index":0,\
                "delete_on_termination":true,"disk_bus":"virtio"}],"networks":"auto"}}""");
    }

    @Test
    void bootWaitsUntilTheServerIsActive() {
        cloud.on("GET /image/v2/images", Answer.json(200, "{'images':[{'id':'img','name':'demo'}]}"));
        cloud.on("GET /compute/v2.1/flavors/detail", Answer.json(200, "{'flavors':[{'id':'7','name':'m1.tiny'}]}"));
        cloud.on("POST /compute/v2.1/servers", Answer.json(202, "{'server':{'id':'" + WEB + "'}}"));
        cloud.onInTurn(
                SHOW,
                show("BUILD", "'scheduling'"),
                show("BUILD", "'spawning'"),
                Answer.json(503, "{'serviceUnavailable':{'message':'restarting'}}"),
                show("ACTIVE", "null"));

        Run run = shell.run("boot", "--image", "demo", "--flavor", "m1.tiny", "--poll", "web-1");

        assertThat(run.status()).isZero();
        assertThat(run.err().lines()).containsExactly("web-1: BUILD (spawning)", "web-1: ACTIVE in 2.0 s");
        assertThat(shell.lastWords()).containsExactly("It goes on. Look at it:  stasis show " + WEB);
    }

    @Test
    void aWaitShowsTheJobWhereTheCloudHasJobs() {
        String other = "{'id':'" + WEB + "','kind':'boot_server','status':'running','request_id':'req-0'}";
        cloud.on(
                "GET /snapshot/v1/jobs",
                _ -> Answer.json(
                        200,
                        "{'jobs':[" + other + ",{'id':'" + DB
                                + "','kind':'stop_server','status':'running','request_id':'"
                                + cloud.last(ACTION).id() + "'}]}"));
        cloud.on("GET /snapshot/v1/jobs/" + DB + "/events", Answer.events("""
                data:{'id':'x','status':'running','phase':'settling','percent':95,'bytes_done':0,'bytes_total':0}

                data:{'id':'x','status':'succeeded','phase':'done','percent':100,'bytes_done':0,'bytes_total':0}

                """));
        cloud.on(SHOW, show("SHUTOFF", "null"));

        Run run = shell.run("stop", "--wait", WEB);

        assertThat(run.status()).isZero();
        assertThat(run.err().lines())
                .containsExactly(
                        "web-1: running", "web-1: settling 95%", "web-1: done 100%", "web-1: completed in 0 ms");
    }

    @Test
    void aServerThatFailsToBootSaysWhy() {
        cloud.on("GET /image/v2/images", Answer.json(200, "{'images':[{'id':'img','name':'demo'}]}"));
        cloud.on("GET /compute/v2.1/flavors/detail", Answer.json(200, "{'flavors':[{'id':'7','name':'m1.tiny'}]}"));
        cloud.on("POST /compute/v2.1/servers", Answer.json(202, "{'server':{'id':'" + WEB + "'}}"));
        cloud.on(
                SHOW,
                Answer.json(
                        200,
                        "{'server':{'id':'" + WEB
                                + "','name':'web-1','status':'ERROR','fault':{'message':'No valid host was found.'}}}"));

        Run run = shell.run("boot", "--image", "demo", "--flavor", "m1.tiny", "--wait", "web-1");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .endsWith("ERROR (ResourceInErrorState): server " + WEB
                        + " is ERROR and not ACTIVE: No valid host was found.\n");
    }

    @Test
    void aWaitEndsWithThreeWhileTheWorkGoesOn() {
        cloud.on(SHOW, show("ACTIVE", "'powering-off'"));

        Run run = shell.run("stop", "--wait", "--timeout", "10s", WEB);

        assertThat(run.status()).isEqualTo(3);
        assertThat(run.err()).contains("ERROR (Timeout): server " + WEB + " was not done after 10.0 s; it goes on.");
    }

    @Test
    void theStateVerbsSendTheirActions() {
        shell.run("start", WEB);
        assertThat(cloud.last(ACTION).text()).isEqualTo("{\"os-start\":null}");
        shell.run("stop", WEB);
        assertThat(cloud.last(ACTION).text()).isEqualTo("{\"os-stop\":null}");
        for (String verb :
                new String[] {"pause", "unpause", "suspend", "resume", "shelve", "unshelve", "rescue", "unrescue"}) {
            Run run = shell.run(verb, WEB);
            assertThat(run.out()).isEqualTo("Request to " + verb + " server " + WEB + " has been accepted.\n");
            assertThat(cloud.last(ACTION).text()).isEqualTo("{\"" + verb + "\":null}");
        }
        shell.run("resize-confirm", WEB);
        assertThat(cloud.last(ACTION).text()).isEqualTo("{\"confirmResize\":null}");
        shell.run("resize-revert", WEB);
        assertThat(cloud.last(ACTION).text()).isEqualTo("{\"revertResize\":null}");
        cloud.on("GET /compute/v2.1/flavors/detail", Answer.json(200, "{'flavors':[{'id':'7','name':'m1.tiny'}]}"));
        assertThat(shell.run("resize", WEB, "m1.tiny").out())
                .isEqualTo("Request to resize server " + WEB + " has been accepted.\n");
        assertThat(cloud.last(ACTION).text()).isEqualTo("{\"resize\":{\"flavorRef\":\"7\"}}");
        shell.run("reboot", WEB);
        assertThat(cloud.last(ACTION).text()).isEqualTo("{\"reboot\":{\"type\":\"SOFT\"}}");
        shell.run("reboot", "--hard", WEB);
        assertThat(cloud.last(ACTION).text()).isEqualTo("{\"reboot\":{\"type\":\"HARD\"}}");
    }

    @Test
    void oneServerThatFailsDoesNotKeepTheOthersFromTheirTurn() {
        Run run = shell.run("stop", "missing", WEB);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("ERROR (NotFound): no server with a name or ID of 'missing' exists\n");
        assertThat(cloud.last(ACTION).text()).isEqualTo("{\"os-stop\":null}");
    }

    /// Whoever stops waiting for the first has asked for the second.
    @Test
    void everythingIsAskedForBeforeAnythingIsWaitedFor() {
        cloud.on("DELETE /compute/v2.1/servers/" + WEB, Answer.empty(204));
        cloud.on("DELETE /compute/v2.1/servers/" + DB, Answer.empty(204));
        Answer gone = Answer.json(404, "{'itemNotFound':{'message':'gone'}}");
        cloud.onInTurn(SHOW, show("ACTIVE", "null"), show("ACTIVE", "'deleting'"), gone);
        cloud.onInTurn("GET /compute/v2.1/servers/" + DB, db("null"), db("'deleting'"), gone);

        Run run = shell.run("delete", "--wait", WEB, DB);

        assertThat(run.status()).isZero();
        List<String> lines = cloud.lines();
        assertThat(lines.indexOf("DELETE /compute/v2.1/servers/" + DB)).isLessThan(lines.lastIndexOf(SHOW));
        assertThat(lines.stream().filter(line -> line.startsWith("DELETE"))).hasSize(2);
        assertThat(shell.lastWords()).contains("So does this:  web-1\nSo does this:  db-1");
    }

    @Test
    void allWaitsTogetherEndAtTheTimeout() {
        cloud.on("POST /compute/v2.1/servers/" + DB + "/action", Answer.empty(202));
        cloud.on(SHOW, show("ACTIVE", "'powering-off'"));
        cloud.on("GET /compute/v2.1/servers/" + DB, db("'powering-off'"));
        Instant before = shell.clock().instant();

        Run run = shell.run("stop", "--wait", "--timeout", "10s", WEB, DB);

        assertThat(run.status()).isEqualTo(3);
        assertThat(Duration.between(before, shell.clock().instant())).isLessThan(Duration.ofSeconds(12));
    }

    @Test
    void whoeverIsInterruptedWhileAskingIsToldWhatWasNotAskedFor() {
        shell.run("stop", "missing", WEB);

        assertThat(shell.lastWords()).contains("Not asked for, or not answered yet:  missing " + WEB);
    }

    @Test
    void deleteCanWaitUntilTheServerIsGone() {
        cloud.on("DELETE /compute/v2.1/servers/" + WEB, Answer.empty(204));
        cloud.onInTurn(
                SHOW,
                show("ACTIVE", "null"),
                show("ACTIVE", "'deleting'"),
                Answer.json(404, "{'itemNotFound':{'message':'gone'}}"));

        Run run = shell.run("delete", "--wait", WEB);

        assertThat(run.status()).isZero();
        assertThat(run.err()).endsWith("web-1: deleted in 1.0 s\n");
    }

    @Test
    void theConsoleLogIsCleanedUnlessAskedForRaw() {
        cloud.on(ACTION, Answer.json(200, "{'output':'boot\\r\\n\\u001b[31mred\\u001b[0m\\n'}"));

        assertThat(shell.run("console-log", "--length", "5", WEB).out()).isEqualTo("boot\n\\x1b[31mred\\x1b[0m\n");
        assertThat(cloud.last(ACTION).text()).isEqualTo("{\"os-getConsoleOutput\":{\"length\":5}}");
        assertThat(shell.run("console-log", "--raw", WEB).out()).isEqualTo("boot\r\n\u001b[31mred\u001b[0m\n");
    }

    @Test
    void aGatewayErrorPageIsNotMistakenForAnAnswer() {
        cloud.on(LIST, Answer.json(200, "<html>proxy</html>"));

        Run run = shell.run("list");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).startsWith("ERROR (BadAnswer): the answer is not JSON");
    }
}
