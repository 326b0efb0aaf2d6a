package cloud.stasis.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.fake.Answer;
import cloud.stasis.cli.fake.Shell;
import cloud.stasis.cli.fake.Shell.Run;
import cloud.stasis.cli.fake.WholeCloud;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What verbs send that novaclient and cinderclient have too.
class SharedVerbsIT {
    private static final String WEB = WholeCloud.WEB;
    private static final String ACTION = "POST /compute/v2.1/servers/" + WEB + "/action";
    private static final String ATTACHMENTS = "/compute/v2.1/servers/" + WEB + "/os-volume_attachments";
    private static final String VOLUMES = "POST /volume/v3/project/volumes";

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

    private Run done(String... arguments) {
        Run run = shell.run(arguments);
        assertThat(run.status()).as(run.err()).isZero();
        return run;
    }

    private String sent(String line) {
        return whole.cloud().last(line).text();
    }

    @Test
    void volumesAreAttachedByNameAsNovaDoes() {
        done("volume-attach", "web-1", "data", "/dev/vdc");
        assertThat(sent("POST " + ATTACHMENTS))
                .isEqualTo(
                        "{\"volumeAttachment\":{\"volumeId\":\"" + WholeCloud.VOLUME + "\",\"device\":\"/dev/vdc\"}}");

        done("volume-attach", "--delete-on-termination", "web-1", "data", "auto");
        assertThat(sent("POST " + ATTACHMENTS))
                .isEqualTo("{\"volumeAttachment\":{\"volumeId\":\"" + WholeCloud.VOLUME
                        + "\",\"delete_on_termination\":true}}");
        assertThat(done("volume-attachments", "web-1").out()).contains("/dev/vdb");
        done("volume-detach", "web-1", "data");
        assertThat(whole.cloud().lines()).contains("DELETE " + ATTACHMENTS + "/" + WholeCloud.VOLUME);
    }

    @Test
    void aVolumeHoldsWhatItsSourceDoes() {
        done("volume-create", "--size", "8", "--image", "demo", "--volume-type", "fast", "root");
        assertThat(sent(VOLUMES))
                .isEqualTo("{\"volume\":{\"name\":\"root\",\"size\":8,\"imageRef\":\"" + WholeCloud.IMAGE
                        + "\",\"volume_type\":\"fast\"}}");
        done("volume-create", "--source-volume", "data", "copy");
        assertThat(sent(VOLUMES))
                .isEqualTo("{\"volume\":{\"name\":\"copy\",\"source_volid\":\"" + WholeCloud.VOLUME + "\"}}");
        done("volume-create", "--snapshot", "nightly", "then");
        assertThat(sent(VOLUMES))
                .isEqualTo("{\"volume\":{\"name\":\"then\",\"snapshot_id\":\"" + WholeCloud.VOLUME_SNAPSHOT + "\"}}");
    }

    @Test
    void aVolumeHasOneSourceAtMostAndASizeIfThatDoesNotHaveOne() {
        assertThat(shell.run("volume-create", "--snapshot", "nightly", "--image", "demo", "x")
                        .status())
                .isEqualTo(2);
        assertThat(shell.run("volume-create", "blank").err()).contains("--size says how large");
        assertThat(whole.cloud().lines()).noneMatch(line -> line.startsWith("POST /volume"));
    }

    @Test
    void aVolumeIsExtendedAlsoWhileAServerUsesIt() {
        done("volume-extend", "data", "4");

        var asked = whole.cloud().last(VOLUMES + "/" + WholeCloud.VOLUME + "/action");
        assertThat(asked.text()).isEqualTo("{\"os-extend\":{\"new_size\":4}}");
        assertThat(asked.headers().getFirst("OpenStack-API-Version")).isEqualTo("volume 3.42");
    }

    @Test
    void aVolumeThatIsInErrorAfterwardsIsAFailure() {
        whole.cloud()
                .on(
                        "GET /volume/v3/project/volumes/" + WholeCloud.VOLUME,
                        Answer.json(200, "{'volume':{'id':'" + WholeCloud.VOLUME + "','status':'error_extending'}}"));

        Run run = shell.run("volume-extend", "--wait", WholeCloud.VOLUME, "4");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("volume " + WholeCloud.VOLUME + " is error_extending");
    }

    @Test
    void snapshotsOfVolumesAreTakenAndListedOfOne() {
        done("volume-snapshot-create", "data", "nightly");
        assertThat(sent("POST /volume/v3/project/snapshots"))
                .isEqualTo("{\"snapshot\":{\"volume_id\":\"" + WholeCloud.VOLUME
                        + "\",\"name\":\"nightly\",\"force\":true}}");
        done("volume-snapshot-list", "data");
        assertThat(whole.cloud().last("GET /volume/v3/project/snapshots/detail").line())
                .contains("volume_id=" + WholeCloud.VOLUME);
    }

    @Test
    void serversAreRebuiltLockedRenamedAndBackedUp() {
        done("rebuild", "--name", "new", "--meta", "role=web", "web-1", "demo");
        assertThat(sent(ACTION))
                .isEqualTo("{\"rebuild\":{\"imageRef\":\"" + WholeCloud.IMAGE
                        + "\",\"name\":\"new\",\"metadata\":{\"role\":\"web\"}}}");
        done("lock", "--reason", "audit", "web-1");
        assertThat(sent(ACTION)).isEqualTo("{\"lock\":{\"locked_reason\":\"audit\"}}");
        done("unlock", "web-1");
        assertThat(sent(ACTION)).isEqualTo("{\"unlock\":null}");
        done("rename", "web-1", "web-old");
        assertThat(sent("PUT /compute/v2.1/servers/" + WEB)).isEqualTo("{\"server\":{\"name\":\"web-old\"}}");
        done("backup", "web-1", "nightly", "daily", "7");
        assertThat(sent(ACTION))
                .isEqualTo("{\"createBackup\":{\"name\":\"nightly\",\"backup_type\":\"daily\",\"rotation\":7}}");
    }

    @Test
    void aBackupOfWhichNoneStaysMakesNoImage() {
        whole.cloud().on(ACTION, Answer.empty(202));

        assertThat(done("backup", "web-1", "nightly", "daily", "0").out()).contains("web-1");
    }

    @Test
    void metadataIsSetAndDeleted() {
        assertThat(done("meta", "web-1", "set", "tier=gold", "note=a=b").out()).contains("| tier ", "gold");
        assertThat(sent("POST /compute/v2.1/servers/" + WEB + "/metadata"))
                .isEqualTo("{\"metadata\":{\"tier\":\"gold\",\"note\":\"a=b\"}}");
        done("meta", "web-1", "delete", "tier");
        assertThat(whole.cloud().lines()).contains("DELETE /compute/v2.1/servers/" + WEB + "/metadata/tier");
        assertThat(shell.run("meta", "web-1", "set", "tier").err()).contains("'tier' is not KEY=VALUE");
    }

    @Test
    void aPublicKeyIsMadeKnown() throws IOException {
        Path file = Files.writeString(home.resolve("id.pub"), "ssh-ed25519 AAAA me\n");

        done("keypair-add", "--pub-key", file.toString(), "laptop");

        assertThat(sent("POST /compute/v2.1/os-keypairs"))
                .isEqualTo(
                        "{\"keypair\":{\"name\":\"laptop\",\"public_key\":\"ssh-ed25519 AAAA me\",\"type\":\"ssh\"}}");
    }

    @Test
    void quotasOfServersAndVolumesAreShownAndChangedTogether() {
        assertThat(done("quota-show").out()).contains("| cores ", "| gigabytes ", "1000");

        done("quota-update", "--cores", "8", "project");
        assertThat(sent("PUT /compute/v2.1/os-quota-sets/project")).isEqualTo("{\"quota_set\":{\"cores\":8}}");
        assertThat(whole.cloud().lines()).noneMatch(line -> line.startsWith("PUT /volume"));
        done("quota-update", "--gigabytes", "-1", "project");
        assertThat(sent("PUT /volume/v3/project/os-quota-sets/project"))
                .isEqualTo("{\"quota_set\":{\"gigabytes\":-1}}");
        assertThat(shell.run("quota-update", "project").status()).isEqualTo(1);
    }

    @Test
    void quotasOfSnapshotsAreShownSetAndTakenBack() {
        assertThat(done("snapshot-quota-show").out())
                .containsPattern("snapshots +\\| +4 \\| +50 ")
                .containsPattern("snapshot_policies +\\| +0 \\| +-1 ");
        done("snapshot-quota-show", "--project", "project");
        assertThat(whole.cloud().lines()).contains("GET /snapshot/v1/quotas/project");

        done("snapshot-quota-update", "--snapshots", "50", "--policies", "-1", "project");
        assertThat(sent("PUT /snapshot/v1/quotas/project")).isEqualTo("{\"snapshots\":50,\"snapshot_policies\":-1}");
        assertThat(done("snapshot-quota-delete", "project").out()).contains("| images ");
        assertThat(whole.cloud().lines()).contains("DELETE /snapshot/v1/quotas/project");

        Run nothing = shell.run("snapshot-quota-update", "project");
        assertThat(nothing.status()).isEqualTo(1);
        assertThat(nothing.err()).contains("such as --snapshots 50");
        assertThat(shell.run("snapshot-quota-update", "--images", "many", "project")
                        .status())
                .isEqualTo(2);
    }

    @Test
    void whatWasDoneWithAServerIsListedWhenItIsGone() {
        whole.cloud().on("GET /compute/v2.1/servers/" + WEB, Answer.json(404, "{'itemNotFound':{'message':'gone'}}"));

        assertThat(done("instance-action-list", WEB).out()).contains("| create ");
    }

    @Test
    void aJobThatWasDoneBeforeItWasCancelledIsAFailure() {
        Run run = shell.run("job-cancel", "--wait", WholeCloud.JOB);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("was not cancelled: it has succeeded before");
        assertThat(done("job-cancel", "--wait", WholeCloud.DOOMED).err()).contains("cancelled in");
    }

    @Test
    void aPolicyThatRunsIsFollowedOnceItsJobsHaveBegun() {
        Run run = done("policy-run", "--wait", WholeCloud.POLICY);

        assertThat(run.err()).contains("take snapshot of gold: completed");
        assertThat(run.out()).contains("begun");
    }
}
