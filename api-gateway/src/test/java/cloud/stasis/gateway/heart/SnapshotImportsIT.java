package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.heart.FakeWorkers.Behaviour;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Machines that come as archives, and are snapshots then.
@QuarkusTest
class SnapshotImportsIT {
    private static final String IMAGES = "/image/v2/images";

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    @Inject
    SnapshotDoors snapshots;

    private Tenant tenant;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
    }

    @AfterEach
    void behave() {
        workers.behave(FakeWorkers.Manners.GOOD);
    }

    @Test
    void whatAnArchiveHoldsIsASnapshotOfWhoeverBroughtIt() {
        String image = imported();

        JsonNode job = importOf(image);
        JsonNode shown = snapshots.shown(tenant, job.path("snapshot").asText());

        assertThat(job.path("status").asText()).isEqualTo("succeeded");
        assertThat(shown.path("status").asText()).isEqualTo("available");
        assertThat(shown.path("origin").asText()).isEqualTo("imported");
        assertThat(shown.path("image").asText()).isEqualTo(image);
        assertThat(shown.path("memory").asBoolean()).isTrue();
        assertThat(shown.path("parent").isNull()).isTrue();
        assertThat(shown.path("server").asText()).isNotEqualTo(FakeWorkers.ELSEWHERE.toString());
        assertThat(shown.at("/first_verdict/clones/0/outcome").asText()).isEqualTo("with_memory");
        assertThat(doors.snapshot(tenant, "GET", "/snapshots", null)
                        .expect(200)
                        .json()
                        .at("/snapshots/0/id"))
                .isEqualTo(shown.path("id"));
        Tenant other = doors.http().tenant("member");
        doors.snapshot(other, "GET", "/snapshots/" + shown.path("id").asText(), null)
                .expect(404);
        Manifest sealed = sealed(shown.path("id").asText());
        assertThat(sealed.kind()).isEqualTo(ReferenceName.Kind.SNAPSHOT);
        assertThat(sealed.instance())
                .map(Object::toString)
                .contains(shown.path("server").asText());
        assertThat(sealed.parent()).isEmpty();
        assertThat(sealed.metadata())
                .containsEntry("project", tenant.projectId())
                .containsEntry("server_name", "far")
                .doesNotContainKey("needs");
        assertThat(sealed.parts()).hasSize(3).noneMatch(part -> part instanceof Part.DomainXml);
    }

    @Test
    void itGoesOnAsACloneWithItsCablesOut() {
        String id = importOf(imported()).path("snapshot").asText();
        JsonNode verdict = doors.snapshot(tenant, "GET", "/snapshots/" + id + "/verdict", null)
                .expect(200)
                .json()
                .path("verdict");
        assertThat(verdict.at("/revert/outcome").asText()).isEqualTo("none");
        assertThat(verdict.at("/revert/reasons/0").asText()).contains("was imported");
        assertThat(verdict.at("/clones/0/outcome").asText()).isEqualTo("with_memory");
        assertThat(verdict.at("/clones/0/reasons").toString())
                .contains("network " + FakeWorkers.FAR_NETWORK, "with its cable out");
        doors.snapshot(tenant, "POST", "/snapshots/" + id + "/revert", "{}").expect(404);
        doors.snapshot(tenant, "POST", "/snapshots/" + id + "/restore", "{}").expect(409);

        JsonNode job = doors.snapshot(
                        tenant, "POST", "/snapshots/" + id + "/clone", "{\"name\": \"near\", \"memory\": true}")
                .expect(202)
                .json()
                .path("job");

        assertThat(doors.ended(tenant, job.path("id").asText()).path("status").asText())
                .isEqualTo("succeeded");
        String server = job.path("server").asText();
        ComputeCommand.InstanceSpec spec = workers.carriedOut(server).stream()
                .filter(ComputeCommand.CloneInstance.class::isInstance)
                .map(command -> ((ComputeCommand.CloneInstance) command).spec())
                .findFirst()
                .orElseThrow();
        assertThat(spec.vcpus()).isEqualTo(2);
        assertThat(spec.memory()).isEqualTo(ByteCount.ofMib(256));
        assertThat(spec.disks()).allSatisfy(disk -> assertThat(disk.source()).isInstanceOf(DiskSource.OverImage.class));
        assertThat(spec.nics()).singleElement().satisfies(nic -> {
            assertThat(nic.network()).hasToString(TestCloud.NETWORK_ID);
            assertThat(nic.link()).isEqualTo(Link.DOWN);
        });
        JsonNode shown = doors.server(tenant, server);
        assertThat(shown.path("status").asText()).isEqualTo("ACTIVE");
        doors.compute(tenant, "DELETE", "/servers/" + server, null).expect(204);
        snapshots.deleted(tenant, id);
    }

    @Test
    void aProjectThatMayKeepNoMoreHasTheImage() {
        Tenant operator = doors.http().tenant("admin");
        String image = created();
        workers.behave((_, about) ->
                about instanceof ImageCommand.ImportImage ? Optional.of(new Behaviour.Sleeps()) : Optional.empty());
        fetch(image);
        doors.snapshot(operator, "PUT", "/store/usage/" + tenant.projectId(), "{\"store_gigabytes\": 0}")
                .expect(200);
        workers.behave(FakeWorkers.Manners.GOOD);
        awaitActive(image);

        JsonNode job = importOf(image);

        assertThat(job.path("status").asText()).isEqualTo("failed");
        assertThat(job.at("/error/code").asText()).isEqualTo(ErrorCode.QUOTA_EXCEEDED.name());
        assertThat(listed()).isEmpty();
        String again = "{\"image\": \"" + image + "\", \"name\": \"again\"}";
        doors.snapshot(tenant, "POST", "/snapshots", again).expect(403);
        doors.snapshot(operator, "PUT", "/store/usage/" + tenant.projectId(), "{\"store_gigabytes\": -1}")
                .expect(200);
        doors.snapshot(doors.http().tenant("member"), "POST", "/snapshots", again)
                .expect(404);
        doors.snapshot(
                        tenant,
                        "POST",
                        "/snapshots",
                        "{\"image\": \"" + doors.image(tenant) + "\", \"name\": \"no archive\"}")
                .expect(400);
        String second = doors.snapshot(tenant, "POST", "/snapshots", again)
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
        assertThat(doors.ended(tenant, second).path("status").asText()).isEqualTo("succeeded");
        assertThat(listed()).singleElement().satisfies(shown -> {
            assertThat(shown.path("name").asText()).isEqualTo("again");
            assertThat(shown.path("image").asText()).isEqualTo(image);
        });
    }

    @Test
    void anArchiveThatCannotBeOpenedLeavesNothing() {
        fail(ImageCommand.OpenArchive.class);

        JsonNode job = importOf(imported());

        assertThat(job.path("status").asText()).isEqualTo("failed");
        assertThat(listed()).isEmpty();
        assertThat(kept()).as("the image").isEqualTo(ByteCount.ofMib(3).bytes());
    }

    @Test
    void aSnapshotThatCannotBeSealedLeavesNothing() {
        fail(ImageCommand.SealBundle.class);

        JsonNode job = importOf(imported());

        assertThat(job.path("status").asText()).isEqualTo("failed");
        assertThat(listed()).isEmpty();
        assertThat(workers.carriedOut("snapshot/" + job.path("snapshot").asText()))
                .anyMatch(ImageCommand.DropReference.class::isInstance);
    }

    private void fail(Class<? extends ImageCommand> command) {
        workers.behave((_, about) -> command.isInstance(about)
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.HOSTILE_IMAGE, "not one of ours")))
                : Optional.empty());
    }

    /// The image, when it is active.
    private String imported() {
        String image = created();
        fetch(image);
        awaitActive(image);
        return image;
    }

    private String created() {
        return doors.http()
                .post(
                        tenant.token(),
                        IMAGES,
                        "{\"name\": \"far\", \"disk_format\": \"qcow2\", \"container_format\": \"ova\"}")
                .expect(201)
                .json()
                .path("id")
                .asText();
    }

    private void fetch(String image) {
        doors.http()
                .post(tenant.token(), IMAGES + "/" + image + "/import", """
                        {"method": {"name": "web-download", "uri": "https://%s/far.ova"}}
                        """.formatted(TestCloud.IMAGE_HOST))
                .expect(202);
    }

    private void awaitActive(String image) {
        cloud.await("the image is active", () -> doors.http()
                .get(tenant.token(), IMAGES + "/" + image)
                .expect(200)
                .json()
                .path("status")
                .asText()
                .equals("active"));
    }

    /// The job that makes the snapshot, when it is over.
    private JsonNode importOf(String image) {
        String path = "/jobs?image=" + image;
        JsonNode jobs =
                doors.snapshot(tenant, "GET", path, null).expect(200).json().path("jobs");
        for (JsonNode job : jobs) {
            if (job.path("kind").asText().equals("import_snapshot")) {
                return doors.ended(tenant, job.path("id").asText());
            }
        }
        throw new AssertionError("no job makes a snapshot of image " + image + ": " + jobs);
    }

    private JsonNode listed() {
        return doors.snapshot(tenant, "GET", "/snapshots", null)
                .expect(200)
                .json()
                .path("snapshots");
    }

    private long kept() {
        return doors.snapshot(tenant, "GET", "/store/usage", null)
                .expect(200)
                .json()
                .at("/usage/kept_bytes")
                .asLong();
    }

    private Manifest sealed(String snapshot) {
        return workers.carriedOut("snapshot/" + snapshot).stream()
                .filter(ImageCommand.SealBundle.class::isInstance)
                .map(command -> ((ImageCommand.SealBundle) command).manifest())
                .findFirst()
                .orElseThrow();
    }
}
