package cloud.stasis.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.fake.Answer;
import cloud.stasis.cli.fake.FakeCloud;
import cloud.stasis.cli.fake.Shell;
import cloud.stasis.cli.fake.Shell.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageVerbsIT {
    private static final String WEB = "11111111-1111-4111-8111-111111111111";
    private static final String IMAGE = "33333333-3333-4333-8333-333333333333";
    private static final String JOB = "44444444-4444-4444-8444-444444444444";
    private static final String ACTION = "POST /compute/v2.1/servers/" + WEB + "/action";
    private static final String UPLOAD = "PUT /image/v2/images/" + IMAGE + "/file";
    private static final String SHOW = "GET /image/v2/images/" + IMAGE;

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
        cloud.on(ACTION, Answer.json(202, "{'image_id':'" + IMAGE + "'}"));
        cloud.on(SHOW, image("active", 5));
    }

    @AfterEach
    void tearDown() {
        cloud.close();
    }

    private static Answer image(String status, long size) {
        return Answer.json(
                200,
                "{'id':'" + IMAGE + "','name':'nightly','status':'" + status + "','size':" + size
                        + ",'disk_format':'qcow2','checksum':'5d41402abc4b2a76b9719d911017c592'}");
    }

    @Test
    void listsImages() {
        cloud.on(
                "GET /image/v2/images",
                Answer.json(
                        200,
                        "{'images':[{'id':'" + IMAGE + "','name':'nightly','status':'active','size':1400000000,"
                                + "'disk_format':'qcow2'},{'id':'i2','name':'new','status':'saving','size':null}]}"));

        assertThat(shell.run("image-list").out()).isEqualTo("""
                +--------------------------------------+---------+--------+---------+--------+--------+
                | ID                                   | Name    | Status |    Size | Format | Server |
                +--------------------------------------+---------+--------+---------+--------+--------+
                | 33333333-3333-4333-8333-333333333333 | nightly | active | 1.3 GiB | qcow2  |        |
                | i2                                   | new     | saving |       - |        |        |
                +--------------------------------------+---------+--------+---------+--------+--------+
                """);
    }

    @Test
    void createReturnsAtOnceAsNovaclientDoes() {
        cloud.on(SHOW, image("saving", 0));

        Run run = shell.run("image-create", "--metadata", "tier=gold", WEB, "nightly");

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("saving");
        assertThat(cloud.last(ACTION).text())
                .isEqualTo("{\"createImage\":{\"name\":\"nightly\",\"metadata\":{\"tier\":\"gold\"}}}");
    }

    @Test
    void createOnAnOlderCloudTakesTheIdFromTheLastSegmentOfTheAddress() {
        cloud.on(ACTION, Answer.empty(202).header("Location", "http://wrong.example/images/" + IMAGE));

        assertThat(shell.run("image-create", WEB, "nightly").out()).contains(IMAGE);
    }

    @Test
    void pollFollowsTheJobOfTheImage() {
        cloud.on(
                "GET /snapshot/v1/jobs",
                Answer.json(200, "{'jobs':[{'id':'" + JOB + "','kind':'CREATE_IMAGE','status':'RUNNING'}]}"));
        cloud.on("GET /snapshot/v1/jobs/" + JOB + "/events", Answer.events("""
                data: {'id':'x','status':'RUNNING','phase':'UPLOADING','percent':50,'bytes_done':5,'bytes_total':10}

                : heartbeat

                data: {'id':'x','status':'SUCCEEDED','phase':'DONE','percent':100,'bytes_done':10,'bytes_total':10}

                """));

        Run run = shell.run("image-create", "--poll", WEB, "nightly");

        assertThat(run.status()).isZero();
        assertThat(run.err().lines())
                .containsExactly(
                        "nightly: running",
                        "nightly: uploading 50%, 5 B of 10 B",
                        "nightly: done 100%, 10 B of 10 B",
                        "nightly: completed in 0 ms");
        assertThat(run.out()).contains("active");
        assertThat(cloud.lines()).contains("GET /snapshot/v1/jobs?image=" + IMAGE + "&limit=1");
    }

    @Test
    void pollOnACloudWithoutJobsAsksForTheImage() {
        cloud.onInTurn(SHOW, image("queued", 0), image("saving", 0), image("active", 5));

        Run run = shell.run("image-create", "--poll", WEB, "nightly");

        assertThat(run.status()).isZero();
        assertThat(run.err().lines()).containsExactly("nightly: queued", "nightly: saving", "nightly: active in 2.0 s");
    }

    @Test
    void anImageThatDisappearsWhileItIsMadeIsAFailure() {
        cloud.onInTurn(SHOW, image("saving", 0), Answer.json(404, "{'message':'gone'}"));

        Run run = shell.run("image-create", "--poll", WEB, "nightly");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("ERROR (ResourceInErrorState): image " + IMAGE + " does not exist any more");
    }

    @Test
    void uploadRecognisesQcow2AndSendsTheFile() throws IOException {
        byte[] content = {'Q', 'F', 'I', (byte) 0xfb, 1, 2, 3};
        Path file = Files.write(home.resolve("disk"), content);
        cloud.on("POST /image/v2/images", Answer.json(201, "{'id':'" + IMAGE + "','status':'queued'}"));
        cloud.on("PUT " + SHOW.substring(4) + "/file", Answer.empty(204));

        Run run = shell.run("image-upload", "--file", file.toString(), "--property", "kernel_id=k", "demo");

        assertThat(run.status()).isZero();
        assertThat(cloud.last("POST /image/v2/images").text())
                .isEqualTo("{\"name\":\"demo\",\"disk_format\":\"qcow2\",\"container_format\":\"bare\","
                        + "\"kernel_id\":\"k\"}");
        assertThat(cloud.last("PUT " + SHOW.substring(4) + "/file").body()).isEqualTo(content);
        assertThat(run.err()).endsWith("demo: uploaded in 0 ms\n");
    }

    @Test
    void anUploadThatMeetsAnExpiredTokenIsSentAgain() throws IOException {
        Path file = Files.writeString(home.resolve("disk"), "hello");
        cloud.on("POST /image/v2/images", _ -> {
            cloud.revokeAllTokens();
            return Answer.json(201, "{'id':'" + IMAGE + "','status':'queued'}");
        });
        cloud.on("PUT " + SHOW.substring(4) + "/file", Answer.empty(204));

        assertThat(shell.run("image-upload", "--file", file.toString(), "demo").status())
                .isZero();
        assertThat(cloud.last("PUT " + SHOW.substring(4) + "/file").text()).isEqualTo("hello");
    }

    @Test
    void aRefusedUploadLeavesNoEmptyImage() throws IOException {
        Path file = Files.writeString(home.resolve("disk"), "hello");
        cloud.on("POST /image/v2/images", Answer.json(201, "{'id':'" + IMAGE + "','status':'queued'}"));
        cloud.on(
                "PUT " + SHOW.substring(4) + "/file",
                Answer.json(413, "{'message':'quota<br /><br />full','code':'413 x','title':'x'}"));
        cloud.on(SHOW, image("queued", 0));
        cloud.on("DELETE " + SHOW.substring(4), Answer.empty(204));

        Run run = shell.run("image-upload", "--file", file.toString(), "demo");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("ERROR (OverLimit): quota  full (HTTP 413)");
        assertThat(cloud.lines()).contains("DELETE " + SHOW.substring(4));
    }

    @Test
    void whatTheUploadFailedOfIsToldWhateverTheCleaningUpComesTo() throws IOException {
        Path file = Files.writeString(home.resolve("disk"), "hello");
        cloud.on("POST /image/v2/images", Answer.json(201, "{'id':'" + IMAGE + "','status':'queued'}"));
        cloud.on(UPLOAD, Answer.json(413, "{'message':'full'}"));
        cloud.on(SHOW, Answer.json(503, "{'message':'away'}"));
        cloud.on("DELETE " + SHOW.substring(4), Answer.json(503, "{'message':'away'}"));

        Run run = shell.run("image-upload", "--file", file.toString(), "demo");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("Look at it:  stasis image-show " + IMAGE)
                .endsWith("ERROR (OverLimit): full (HTTP 413) (Request-ID: "
                        + cloud.last(UPLOAD).id() + ")\n");
    }

    @Test
    void anUploadWhoseAnswerWasLostIsNotDeletedIfTheCloudHasAllOfIt() throws IOException {
        Path file = Files.writeString(home.resolve("disk"), "hello");
        cloud.on("POST /image/v2/images", Answer.json(201, "{'id':'" + IMAGE + "','status':'queued'}"));
        cloud.on(UPLOAD, Answer.LOST);
        cloud.onInTurn(SHOW, image("saving", 0), image("active", 5));
        cloud.on("DELETE " + SHOW.substring(4), Answer.empty(204));

        Run run = shell.run("image-upload", "--file", file.toString(), "demo");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("active");
        assertThat(cloud.lines()).noneMatch(line -> line.startsWith("DELETE"));
    }

    @Test
    void anUploadThatWasCutOffLeavesNoEmptyImage() throws IOException {
        Path file = Files.writeString(home.resolve("disk"), "hello");
        cloud.on("POST /image/v2/images", Answer.json(201, "{'id':'" + IMAGE + "','status':'queued'}"));
        cloud.on(UPLOAD, Answer.LOST);
        cloud.onInTurn(SHOW, image("saving", 0), image("queued", 0));
        cloud.on("DELETE " + SHOW.substring(4), Answer.empty(204));

        Run run = shell.run("image-upload", "--file", file.toString(), "demo");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("ERROR (ConnectFailure): ");
        assertThat(cloud.lines()).contains("DELETE " + SHOW.substring(4));
    }

    @Test
    void whoeverInterruptsAnUploadIsToldWhatIsLeft() throws IOException {
        Path file = Files.writeString(home.resolve("disk"), "hello");
        cloud.on("POST /image/v2/images", Answer.json(201, "{'id':'" + IMAGE + "','status':'queued'}"));
        cloud.on(UPLOAD, Answer.empty(204));

        shell.run("image-upload", "--file", file.toString(), "demo");

        assertThat(shell.lastWords()).singleElement().asString().endsWith("stasis image-delete " + IMAGE);
    }

    @Test
    void theSnapshotThatAnArchiveBecomesIsFollowedToo() throws IOException {
        Path file = Files.writeString(home.resolve("web.ova"), "hello");
        cloud.on("POST /image/v2/images", Answer.json(201, "{'id':'" + IMAGE + "','status':'queued'}"));
        cloud.on(UPLOAD, Answer.empty(204));
        cloud.on(
                "GET /snapshot/v1/jobs",
                Answer.json(200, "{'jobs':[{'id':'" + JOB + "','kind':'import_snapshot','status':'running'}]}"));
        cloud.on(
                "GET /snapshot/v1/jobs/" + JOB + "/events", Answer.events("data: {'id':'x','status':'succeeded'}\n\n"));

        String ova = "--container-format=ova";
        assertThat(shell.run("image-upload", "--file", file.toString(), ova, "web")
                        .err())
                .contains("stasis job-follow " + JOB);
        assertThat(shell.run("image-upload", "--wait", "--file", file.toString(), ova, "web")
                        .err())
                .contains("import snapshot: completed");
    }

    @Test
    void whoeverInterruptsADownloadLeavesNoDraft() {
        cloud.on(SHOW + "/file", new Answer(200, Map.of(), "hello".getBytes(StandardCharsets.UTF_8)));
        Path file = home.resolve("saved");

        // The last words are said at once here, and the draft that they remove is made anew.
        shell.run("image-save", "--file", file.toString(), IMAGE);

        assertThat(shell.lastWords())
                .containsExactly("Nothing was saved. Begin again:  stasis image-save --file " + file + " " + IMAGE);
    }

    @Test
    void saveWritesTheFileWhenItsHashIsThePromisedOne() throws IOException {
        cloud.on(SHOW + "/file", new Answer(200, Map.of(), "hello".getBytes(StandardCharsets.UTF_8)));
        Path file = home.resolve("saved");

        Run run = shell.run("image-save", "--file", file.toString(), IMAGE);

        assertThat(run.status()).isZero();
        assertThat(file).hasContent("hello");
        assertThat(home.resolve("saved.part")).doesNotExist();
    }

    @Test
    void saveLeavesNothingWhenTheBytesAreNotThePromisedOnes() {
        cloud.on(SHOW + "/file", new Answer(200, Map.of(), "jello".getBytes(StandardCharsets.UTF_8)));
        Path file = home.resolve("saved");

        Run run = shell.run("image-save", "--file", file.toString(), IMAGE);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("is not what the cloud promised");
        assertThat(file).doesNotExist();
        assertThat(home.resolve("saved.part")).doesNotExist();
    }

    @Test
    void saveOfAnImageWithoutDataIsTheServersError() {
        cloud.on(SHOW + "/file", Answer.json(403, "{'message':'deactivated'}"));

        Run run = shell.run("image-save", "--file", home.resolve("saved").toString(), IMAGE);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("ERROR (Forbidden): deactivated");
    }
}
