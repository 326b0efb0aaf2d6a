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

class SnapshotVerbsIT {
    private static final String WEB = "11111111-1111-4111-8111-111111111111";
    private static final String SNAPSHOT = "55555555-5555-4555-8555-555555555555";
    private static final String JOB = "44444444-4444-4444-8444-444444444444";
    private static final String CREATE = "POST /snapshot/v1/snapshots";
    private static final String SHOW = "GET /snapshot/v1/snapshots/" + SNAPSHOT;
    private static final String REVERT = "POST /snapshot/v1/snapshots/" + SNAPSHOT + "/revert";
    private static final String EVENTS = "GET /snapshot/v1/jobs/" + JOB + "/events";
    private static final String ASK = "GET /snapshot/v1/jobs/" + JOB;

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
        cloud.on(
                CREATE,
                Answer.json(202, "{'snapshot':" + snapshot("creating", true) + ",'job':" + job("running", 0) + "}"));
        cloud.on(SHOW, Answer.json(200, "{'snapshot':" + snapshot("available", true) + "}"));
        cloud.on(REVERT, Answer.json(202, "{'job':" + job("running", 0) + "}"));
        cloud.on(EVENTS, Answer.events("data: " + job("succeeded", 100) + "\n\n"));
    }

    @AfterEach
    void tearDown() {
        cloud.close();
    }

    private static String snapshot(String status, boolean memory) {
        return "{'id':'" + SNAPSHOT + "','name':'before','status':'" + status + "','server':'" + WEB + "','memory':"
                + memory + ",'consistency':'prefer','parent':null,'size':1400000000,"
                + "'parts':[{'name':'vda','kind':'disk','size':1073741824},{'name':'memory','kind':'memory',"
                + "'size':268435456}],'receipt':{'strategy':'memory-standard','asked':'prefer','reached':'memory',"
                + "'frozen_ms':0,'paused_ms':412,'guest_agent':'answered','hypervisor':'QEMU 7.2.22','transfers':["
                + "{'part':'vda','mode':'full','reason':'first capture','read':1073741824,'sent':104857600,"
                + "'shared':0,'took_ms':900}]},'first_verdict':{'at':'2026-11-22T10:00:01Z',"
                + "'revert':{'outcome':'with_memory','reasons':[],'hosts':1},"
                + "'clones':[{'outcome':'with_memory','reasons':[],'hosts':2},"
                + "{'outcome':'none','reasons':['Full.'],'hosts':1}]},'manifest':null,'taken_at':'2026-11-22T10:00:00Z'}";
    }

    private static String job(String status, int percent) {
        return "{'id':'" + JOB + "','kind':'take_snapshot','status':'" + status + "','percent':" + percent
                + ",'phase':'uploading'}";
    }

    @Test
    void createSendsWhatWasAskedForAndWaits() {
        Run run = shell.run("snapshot-create", "--memory", "--consistency", "require", WEB, "before");

        assertThat(run.status()).isZero();
        assertThat(cloud.last(CREATE).text())
                .isEqualTo(
                        "{\"server\":\"" + WEB + "\",\"name\":\"before\",\"memory\":true,\"consistency\":\"require\"}");
        assertThat(cloud.last(CREATE).headers().getFirst("Idempotency-Key")).hasSize(36);
        assertThat(run.err()).endsWith("before: completed in 0 ms\n");
        assertThat(run.out()).contains("available");
        assertThat(shell.lastWords())
                .containsExactly("Job " + JOB + " goes on. Follow it:  stasis job-follow " + JOB
                        + "   Stop it:  stasis job-cancel " + JOB);
    }

    @Test
    void createWithoutWaitingSaysHowToFollow() {
        Run run = shell.run("snapshot-create", "--no-wait", WEB, "before");

        assertThat(run.status()).isZero();
        assertThat(cloud.last(CREATE).text()).contains("\"memory\":false,\"consistency\":\"prefer\"");
        assertThat(run.err()).isEqualTo("Under way. Follow it:  stasis job-follow " + JOB + "\n");
        assertThat(run.out()).contains("creating");
    }

    @Test
    void anUnknownConsistencyIsWrongUsage() {
        Run run = shell.run("snapshot-create", "--consistency", "maybe", WEB, "before");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("ERROR (Usage): ").contains("maybe");
        assertThat(cloud.lines()).isEmpty();
    }

    @Test
    void showPrintsPartsAndReceipt() {
        assertThat(shell.run("snapshot-show", SNAPSHOT).out()).isEqualTo("""
            +----------------------+--------------------------------------+
            | Property             | Value                                |
            +----------------------+--------------------------------------+
            | id                   | 55555555-5555-4555-8555-555555555555 |
            | name                 | before                               |
            | status               | available                            |
            | server               | 11111111-1111-4111-8111-111111111111 |
            | memory               | true                                 |
            | consistency          | prefer                               |
            | parent               |                                      |
            | size                 | 1.3 GiB                              |
            | manifest             |                                      |
            | taken_at             | 2026-11-22T10:00:00Z                 |
            | receipt: strategy    | memory-standard                      |
            | receipt: asked       | prefer                               |
            | receipt: reached     | memory                               |
            | receipt: frozen_ms   | 0                                    |
            | receipt: paused_ms   | 412                                  |
            | receipt: guest_agent | answered                             |
            | receipt: hypervisor  | QEMU 7.2.22                          |
            | at first: revert     | with memory                          |
            | at first: clone      | with memory (2 hosts); none: Full.   |
            +----------------------+--------------------------------------+
            Parts
            +--------+--------+-----------+
            | Part   | Kind   |      Size |
            +--------+--------+-----------+
            | vda    | disk   |   1.0 GiB |
            | memory | memory | 256.0 MiB |
            +--------+--------+-----------+
            Transfers
            +------+------+---------+-----------+--------+---------------+
            | Part | Mode |    Read |      Sent | Shared | Reason        |
            +------+------+---------+-----------+--------+---------------+
            | vda  | full | 1.0 GiB | 100.0 MiB |    0 B | first capture |
            +------+------+---------+-----------+--------+---------------+
            """);
    }

    @Test
    void revertTakesTheMemoryIfThereIsOne() {
        assertThat(shell.run("snapshot-revert", SNAPSHOT).status()).isZero();
        assertThat(cloud.last(REVERT).text()).isEqualTo("{\"memory\":true,\"state\":\"running\"}");

        shell.run("snapshot-revert", "--disks-only", SNAPSHOT);
        assertThat(cloud.last(REVERT).text()).isEqualTo("{\"memory\":false,\"state\":\"running\"}");

        shell.run("snapshot-revert", "--memory", "--paused", SNAPSHOT);
        assertThat(cloud.last(REVERT).text()).isEqualTo("{\"memory\":true,\"state\":\"paused\"}");
    }

    @Test
    void revertWithMemoryThatIsNotThereIsRefusedBeforeAnythingIsSent() {
        cloud.on(SHOW, Answer.json(200, "{'snapshot':" + snapshot("available", false) + "}"));

        Run run = shell.run("snapshot-revert", "--memory", SNAPSHOT);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("has no memory");
        assertThat(cloud.lines()).noneMatch(line -> line.startsWith("POST /snapshot"));
    }

    @Test
    void memoryAndDisksOnlyExcludeEachOther() {
        assertThat(shell.run("snapshot-revert", "--memory", "--disks-only", SNAPSHOT)
                        .status())
                .isEqualTo(2);
    }

    @Test
    void aFailedJobIsAFailureWithItsReason() {
        cloud.on(
                EVENTS,
                Answer.events("data: {'job':{'id':'" + JOB + "','kind':'take_snapshot','status':'failed','error':"
                        + "{'code':'NO_SPACE','message':'the store is full'}}}\n\n"));

        Run run = shell.run("snapshot-create", WEB, "before");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .endsWith("before: failed in 0 ms\nERROR (JobFailed): 'take snapshot' (job " + JOB
                        + ") did not succeed: the store is full [NO_SPACE]\n");
    }

    @Test
    void aBrokenEventStreamIsMadeUpForByAsking() {
        cloud.onInTurn(
                EVENTS,
                Answer.events("data: " + job("running", 10).replace("uploading", "capturing") + "\n\ndata: {'half"),
                Answer.empty(404));
        cloud.onInTurn(
                ASK,
                Answer.json(200, "{'job':" + job("running", 60) + "}"),
                Answer.json(200, "{'job':" + job("succeeded", 100) + "}"));

        Run run = shell.run("snapshot-create", WEB, "before");

        assertThat(run.status()).isZero();
        assertThat(run.err().lines())
                .containsExactly(
                        "before: uploading 0%",
                        "before: capturing 10%",
                        "before: uploading 60%",
                        "before: uploading 100%",
                        "before: completed in 2.0 s");
    }

    @Test
    void aGatewayThatIsAwayForAMomentDoesNotEndTheWait() {
        cloud.on(EVENTS, Answer.empty(404));
        cloud.onInTurn(
                ASK,
                Answer.json(503, "{'message':'restarting'}"),
                Answer.json(200, "{'job':" + job("succeeded", 100) + "}"));

        Run run = shell.run("snapshot-create", WEB, "before");

        assertThat(run.status()).isZero();
        assertThat(run.err()).contains("the cloud does not answer, trying again");
    }

    @Test
    void aGatewayThatStaysAwayEndsTheWait() {
        cloud.on(EVENTS, Answer.empty(404));
        cloud.on(ASK, Answer.json(503, "{'message':'restarting'}"));

        Run run = shell.run("snapshot-create", WEB, "before");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("ERROR (ServiceUnavailable): restarting (HTTP 503)");
    }

    @Test
    void theTreeIsDrawnFromTheOldest() {
        cloud.on(
                "GET /snapshot/v1/servers/" + WEB + "/tree",
                Answer.json(
                        200,
                        "{'tree':{'server':'" + WEB + "','current':'c','nodes':["
                                + "{'id':'a','name':'base','parent':null,'taken_at':'2026-11-22T10:00:00Z',"
                                + "'size':1048576,'own':2048,'protected':true},"
                                + "{'id':'b','name':'first try','parent':'a','taken_at':'2026-11-22T11:00:00Z',"
                                + "'memory':true,'safety':true},"
                                + "{'id':'c','name':'second try','parent':'a','taken_at':'2026-11-22T12:00:00Z',"
                                + "'current':true}]}}"));

        assertThat(shell.run("snapshot-tree", WEB).out()).isEqualTo("""
            * base  a  2026-11-22T10:00:00Z  1.0 MiB  protected  own 2.0 KiB
            |-* first try  b  2026-11-22T11:00:00Z  with memory  safety
            `-* second try  c  2026-11-22T12:00:00Z  <- the server is here
            """);
    }

    @Test
    void aRevertIsTakenBack() {
        String undo = "POST /snapshot/v1/servers/" + WEB + "/undo-revert";
        cloud.on(undo, Answer.json(202, "{'job':" + job("running", 0) + "}"));
        cloud.onInTurn(
                "GET /snapshot/v1/servers/" + WEB + "/tree",
                Answer.json(200, "{'tree':{'nodes':[{'id':'s','safety':true,'status':'creating'}]}}"),
                Answer.json(200, "{'tree':{'nodes':[{'id':'s','safety':true,'status':'available'}]}}"));

        Run run = shell.run("snapshot-undo", WEB);
        assertThat(run.status()).isZero();
        assertThat(cloud.last(undo).text()).isEqualTo("{}");
        assertThat(run.err()).contains("web-1: storing what the revert kept");
        assertThat(shell.lastWords().getFirst()).startsWith("The undo has not begun");

        assertThat(shell.run("snapshot-undo", "--no-safety", WEB).status()).isZero();
        assertThat(cloud.last(undo).text()).isEqualTo("{\"safety\":false}");
        shell.run("snapshot-revert", "--no-safety", SNAPSHOT);
        assertThat(cloud.last(REVERT).text()).isEqualTo("{\"memory\":true,\"state\":\"running\",\"safety\":false}");
    }

    @Test
    void aCloneIsMadeOfASnapshotOrOfAServer() {
        String clone = "POST /snapshot/v1/snapshots/" + SNAPSHOT + "/clone";
        cloud.on(clone, Answer.json(202, "{'job':" + job("running", 0) + "}"));

        assertThat(shell.run("clone", "--memory", "--identity", "regenerate", SNAPSHOT, "copy")
                        .status())
                .isZero();
        assertThat(cloud.last(clone).text())
                .isEqualTo("{\"name\":\"copy\",\"memory\":true,\"state\":\"running\",\"identity\":\"regenerate\"}");

        String now = "POST /snapshot/v1/servers/" + WEB + "/clone";
        cloud.on(now, Answer.json(202, "{'job':" + job("running", 0) + "}"));
        assertThat(shell.run("clone", "--server", "--paused", WEB, "copy").status())
                .isZero();
        assertThat(cloud.last(now).text())
                .isEqualTo("{\"name\":\"copy\",\"memory\":false,\"state\":\"paused\",\"identity\":\"keep\"}");
    }

    @Test
    void aDiskOfASnapshotBecomesAVolume() {
        String make = "POST /snapshot/v1/volumes";
        cloud.on(make, Answer.json(202, "{'job':" + job("running", 0) + "}"));

        assertThat(shell.run("snapshot-volume", "--disk", "vdb", "--size", "3", SNAPSHOT, "data")
                        .status())
                .isZero();

        assertThat(cloud.last(make).text())
                .isEqualTo("{\"snapshot\":\"" + SNAPSHOT + "\",\"name\":\"data\",\"disk\":\"vdb\",\"size\":3}");
    }

    @Test
    void theVerdictIsToldInSentences() {
        cloud.on(
                SHOW + "/verdict",
                Answer.json(
                        200,
                        "{'verdict':{'snapshot':'" + SNAPSHOT + "','revert':{'host':'host-1','outcome':'with_memory',"
                                + "'reasons':[]},'clones':[{'host':null,'outcome':'disks_only','reasons':"
                                + "['It was taken with another QEMU.']}]}}"));

        assertThat(shell.run("snapshot-verdict", SNAPSHOT).out()).isEqualTo("""
            revert on host-1: with memory
            clone: disks only. It was taken with another QEMU.
            """);
    }

    @Test
    void snapshotsAreProtected() {
        String change = "PUT " + SHOW.substring(4);
        cloud.on(change, Answer.json(200, "{'snapshot':" + snapshot("available", true) + "}"));

        assertThat(shell.run("snapshot-protect", SNAPSHOT).status()).isZero();
        assertThat(cloud.last(change).text()).isEqualTo("{\"protected\":true}");
        assertThat(shell.run("snapshot-protect", "--off", SNAPSHOT).status()).isZero();
        assertThat(cloud.last(change).text()).isEqualTo("{\"protected\":false}");
    }

    @Test
    void aRefusalIsToldInTheWordsOfTheServer() {
        cloud.on(
                "DELETE " + SHOW.substring(4),
                Answer.json(
                        409,
                        "{'type':'urn:stasis:error:WRONG_STATE','title':'Conflict','status':409,"
                                + "'detail':'It is protected.','code':'WRONG_STATE'}"));

        Run run = shell.run("snapshot-delete", SNAPSHOT);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("ERROR (Conflict): It is protected. (HTTP 409)");
    }

    @Test
    void deleteFollowsItsJob() {
        cloud.on("DELETE " + SHOW.substring(4), Answer.json(202, "{'job':" + job("running", 0) + "}"));

        assertThat(shell.run("snapshot-delete", SNAPSHOT).status()).isZero();
    }

    @Test
    void jobsAreListedShownFollowedAndCancelled() {
        cloud.on("GET /snapshot/v1/jobs", Answer.json(200, "{'jobs':[" + job("running", 42) + "]}"));
        cloud.on(ASK, Answer.json(200, "{'job':" + job("running", 42) + "}"));
        cloud.on("POST " + ASK.substring(4) + "/cancel", Answer.json(202, "{'job':" + job("unwinding", 42) + "}"));

        assertThat(shell.run("job-list").out()).contains("| take snapshot | running | 42 | uploading |");
        assertThat(shell.run("job-show", JOB).out()).contains("| percent  | 42 ");
        assertThat(shell.run("job-follow", JOB).status()).isZero();
        assertThat(shell.run("job-cancel", JOB).out())
                .isEqualTo("Request to cancel job " + JOB + " has been accepted.\n");
        assertThat(shell.run("job-show", "nonsense").status()).isEqualTo(1);
    }

    @Test
    void anOperatorLetsAStuckJobTryAgain() {
        cloud.on(ASK, Answer.json(200, "{'job':" + job("stuck", 42) + "}"));
        cloud.on("POST " + ASK.substring(4) + "/retry", Answer.json(202, "{'job':" + job("running", 42) + "}"));

        assertThat(shell.run("job-retry", JOB).out())
                .isEqualTo("Request to retry job " + JOB + " has been accepted.\n");
    }

    @Test
    void aStuckJobIsNotWaitedForForever() {
        cloud.on(ASK, Answer.json(200, "{'job':" + job("stuck", 42) + "}"));

        Run run = shell.run("job-follow", JOB);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("an operator has to look at it");
    }

    @Test
    void severalServersAreTakenRevertedAndDeletedTogether() {
        String db = "22222222-2222-4222-8222-222222222222";
        String id = "66666666-6666-4666-8666-666666666666";
        String instant = "{'id':'" + id + "','name':'before','status':'available','servers':2,'whole':true,'hosts':1,"
                + "'skew_us':1500,'taken_at':'2026-11-22T10:00:00Z','snapshots':[{'id':'" + SNAPSHOT + "','server':'"
                + WEB + "','status':'available','memory':true},{'id':'77777777-7777-4777-8777-777777777777','server':'"
                + db + "','status':'available','memory':false}]}";
        cloud.on(
                "GET /compute/v2.1/servers/" + db,
                Answer.json(200, "{'server':{'id':'" + db + "','name':'db-1','status':'ACTIVE'}}"));
        cloud.on(CREATE, Answer.json(202, "{'instant':" + instant + ",'job':" + job("running", 0) + "}"));
        cloud.on("GET /snapshot/v1/instants", Answer.json(200, "{'instants':[" + instant + "]}"));
        cloud.on("GET /snapshot/v1/instants/" + id, Answer.json(200, "{'instant':" + instant + "}"));
        String jobs = "{'jobs':[" + job("running", 0) + "," + job("running", 0) + "]}";
        cloud.on("POST /snapshot/v1/instants/" + id + "/revert", Answer.json(202, jobs));
        cloud.on("DELETE /snapshot/v1/instants/" + id, Answer.json(202, jobs));

        Run taken = shell.run("snapshot-create", "--memory", WEB, db, "before");

        assertThat(taken.status()).isZero();
        assertThat(cloud.last(CREATE).text())
                .isEqualTo("{\"name\":\"before\",\"memory\":true,\"consistency\":\"prefer\",\"servers\":[\"" + WEB
                        + "\",\"" + db + "\"]}");
        assertThat(taken.out()).contains(SNAPSHOT, db);
        assertThat(shell.run("instant-list").out()).contains("2 of 2", "1.5 ms");
        Run reverted = shell.run("instant-revert", "before");
        assertThat(reverted.status()).isZero();
        assertThat(cloud.last("POST /snapshot/v1/instants/" + id + "/revert").text())
                .isEqualTo("{\"memory\":true,\"state\":\"running\"}");
        assertThat(shell.run("instant-delete", id).status()).isZero();
        assertThat(cloud.last("DELETE /snapshot/v1/instants/" + id)).isNotNull();
    }

    @Test
    void aDeletionIsForetold() {
        cloud.on(
                SHOW + "/deletion",
                Answer.json(
                        200,
                        "{'deletion':{'snapshot':'" + SNAPSHOT + "','allowed':false,'refusals':['It is protected.'],"
                                + "'waits':[],'children':[],'parent':null,'moves_server':true,'store_bytes':104857600,"
                                + "'memory_bytes':0,'copied_bytes':null,'expected_seconds':1.25}}"));

        Run run = shell.run("snapshot-delete", "--dry-run", SNAPSHOT);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("<= 100", "1.3 s", "It is protected.").contains("?");
    }

    @Test
    void theDoctorNamesEveryDifferenceAndMendsOnRequest() {
        String finding =
                "{'subject':'instance x','difference':'libvirt does not know it','plan':'define it','safe':true,"
                        + "'outcome':'%s'}";
        cloud.on("POST /snapshot/v1/tables/examine", Answer.json(200, "{'examination':{'findings':[]}}"));
        cloud.on(
                "GET /snapshot/v1/hosts",
                Answer.json(200, "{'hosts':[{'id':'h1','alive':true},{'id':'h2','alive':false}]}"));
        cloud.on("POST /snapshot/v1/hosts/h1/examine", Answer.json(202, "{'job':" + job("running", 0) + "}"));
        cloud.on(
                "GET /snapshot/v1/hosts/h1/examination",
                Answer.json(200, "{'examination':{'status':'done','findings':[" + finding.formatted("found") + "]}}"));

        Run run = shell.run("doctor");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("libvirt does not know it", "define it", "found");
        assertThat(run.err()).contains("Host h2");
        cloud.on("GET /snapshot/v1/hosts", Answer.json(200, "{'hosts':[{'id':'h1','alive':true}]}"));
        cloud.on(
                "GET /snapshot/v1/hosts/h1/examination",
                Answer.json(200, "{'examination':{'status':'done','findings':[" + finding.formatted("mended") + "]}}"));
        assertThat(shell.run("doctor", "--repair").status()).isZero();
        assertThat(cloud.last("POST /snapshot/v1/hosts/h1/examine").text()).isEqualTo("{\"repair\":true}");
        cloud.on(
                "GET /snapshot/v1/hosts/h1/examination",
                Answer.json(200, "{'examination':{'status':'done','findings':[]}}"));
        assertThat(shell.run("doctor").out()).contains("No differences.");
    }
}
