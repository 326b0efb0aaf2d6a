package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.LogLines;
import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.Command;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Digest;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Bundles that the store has and the tables do not.
@QuarkusTest
class CatalogIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    @Inject
    Transactions transactions;

    @Inject
    EntityManager entities;

    @BeforeEach
    void open() {
        doors.open();
    }

    @Test
    void anImageIsKnownAgainByWhatTheStoreWasToldOfIt() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.image(tenant).toString();
        change(tenant, id, """
                [{"op": "replace", "path": "/name", "value": "renamed"},
                 {"op": "add", "path": "/os_distro", "value": "trixie"},
                 {"op": "replace", "path": "/min_disk", "value": 3},
                 {"op": "replace", "path": "/tags", "value": ["a", "b,c"]},
                 {"op": "replace", "path": "/protected", "value": true}]
                """);
        JsonNode before = image(tenant, id);
        Manifest told = told(ReferenceName.Kind.IMAGE, id);
        lose("image", id);

        tell(ReferenceName.Kind.IMAGE, id, told, Optional.empty());
        tell(ReferenceName.Kind.IMAGE, id, told, Optional.empty());
        cloud.await("the image is back", () -> !rows("image", id).isEmpty());

        assertThat(image(tenant, id)).isEqualTo(before);
    }

    @Test
    void whatComesFromAPeerIsItsProjectsAloneAndAnotherStaysAsItIs() {
        Tenant tenant = doors.http().tenant("member");
        Tenant victim = doors.http().tenant("member");
        String id = UUID.randomUUID().toString();
        Manifest pushed = manifest(
                ReferenceName.Kind.IMAGE,
                Map.of("name", "x".repeat(400), "project", victim.projectId(), "visibility", "public"));

        LogLines audit = LogLines.of("audit");
        tell(ReferenceName.Kind.IMAGE, id, pushed, Optional.of(new ProjectId(tenant.projectId())));
        cloud.await("the image is there", () -> !rows("image", id).isEmpty());
        audit.close();
        assertThat(audit.await(line -> line.contains(" made=image/" + id + " ")))
                .contains(" project=" + tenant.projectId() + " ", " from=peer ");

        JsonNode shown = image(tenant, id);
        assertThat(shown.path("owner").asText()).isEqualTo(tenant.projectId());
        assertThat(shown.path("visibility").asText()).isEqualTo("private");
        assertThat(shown.path("name").asText()).hasSize(255);
        assertThat(doors.http().get(victim.token(), "/image/v2/images/" + id).status())
                .isEqualTo(404);
        cloud.await("the store hears whose it is", () -> described(id)
                .filter(text -> tenant.projectId().equals(text.get("project")))
                .isPresent());

        tell(ReferenceName.Kind.IMAGE, id, pushed, Optional.of(new ProjectId(victim.projectId())));
        tell(ReferenceName.Kind.IMAGE, UUID.randomUUID().toString(), pushed, Optional.of(new ProjectId("nowhere")));
        cloud.awaitQuiet();
        assertThat(image(tenant, id)).isEqualTo(shown);
    }

    @Test
    void aProjectThatOnlyTheStoreKnowsIsMadeAgain() {
        String project = UUID.randomUUID().toString().replace("-", "");
        String taken = doors.http().tenant("member").projectName();
        String first = UUID.randomUUID().toString();
        String second = UUID.randomUUID().toString();
        Manifest manifest =
                manifest(ReferenceName.Kind.IMAGE, Map.of("name", "i", "project", project, "project_name", taken));

        tell(ReferenceName.Kind.IMAGE, first, manifest, Optional.empty());
        tell(ReferenceName.Kind.IMAGE, second, manifest, Optional.empty());
        cloud.await("both are there", () -> !rows("image", second).isEmpty());

        JsonNode shown = doors.http()
                .get(doors.http().admin(), "/identity/v3/projects/" + project)
                .expect(200)
                .json();
        assertThat(shown.at("/project/name").asText())
                .as("the name is another's")
                .isEqualTo(project);
        assertThat(cloud.count("select count(*) from image where owner = ?", project))
                .isEqualTo(2);
    }

    @Test
    void aSnapshotIsKnownAgainAndItsServerIsRestoredFromIt() {
        Tenant tenant = doors.http().tenant("member");
        String server = doors.running(tenant, "lost-server");
        String parent = snapshot(tenant, server, "before");
        String id = snapshot(tenant, server, "after");
        JsonNode before = shown(tenant, id);
        Manifest first = sealed(parent);
        Manifest second = sealed(id);
        assertThat(second.metadata()).containsEntry("parent_snapshot", parent).containsEntry("vcpus", "1");
        lose("snapshot", id);
        lose("snapshot", parent);
        lose("instance", server);

        // In any order.
        tell(ReferenceName.Kind.SNAPSHOT, id, second, Optional.empty());
        tell(ReferenceName.Kind.SNAPSHOT, parent, first, Optional.empty());
        cloud.await("both are back", () -> !rows("snapshot", parent).isEmpty());

        ObjectNode after = (ObjectNode) shown(tenant, id);
        assertThat(after.path("parent").asText()).isEqualTo(parent);
        assertThat(without(after)).isEqualTo(without((ObjectNode) before));

        String job = doors.snapshot(tenant, "POST", "/snapshots/" + id + "/restore", "{\"memory\": true}")
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
        assertThat(doors.ended(tenant, job).path("status").asText()).isEqualTo("succeeded");
        doors.awaitStatus(tenant, server, "ACTIVE");
        assertThat(doors.server(tenant, server).path("name").asText()).isEqualTo("lost-server");
        List<Command> commands = workers.carriedOut(server);
        assertThat(commands.get(commands.size() - 2)).isInstanceOf(ComputeCommand.BootInstance.class);
        assertThat(commands.getLast()).isInstanceOfSatisfying(ComputeCommand.RevertInstance.class, revert -> {
            assertThat(revert.parts()).isEqualTo(second.parts());
            assertThat(revert.memory()).isEqualTo(ComputeCommand.MemoryChoice.WITH_MEMORY);
        });
        doors.snapshot(tenant, "POST", "/snapshots/" + id + "/restore", "{}").expect(409);
    }

    @Test
    void aDeletedServerIsRestoredWithItsId() {
        Tenant tenant = doors.http().tenant("member");
        String server = doors.running(tenant, "deleted-server");
        String id = snapshot(tenant, server, "kept");
        doors.compute(tenant, "DELETE", "/servers/" + server, null).expect(204);
        cloud.await(
                "the server is gone",
                () -> doors.compute(tenant, "GET", "/servers/" + server, null).status() == 404);

        Tenant stranger = doors.http().tenant("member");
        doors.snapshot(stranger, "POST", "/snapshots/" + id + "/restore", "{}").expect(404);
        doors.snapshot(tenant, "POST", "/snapshots/" + id + "/restore", "{\"name\": \"again\"}")
                .expect(202);

        doors.awaitStatus(tenant, server, "ACTIVE");
        assertThat(doors.server(tenant, server).path("name").asText()).isEqualTo("again");
    }

    @Test
    void ordersToTheStoreAreJobsOfOperators() {
        Tenant member = doors.http().tenant("member");
        Tenant operator = doors.http().member(member.projectId(), member.projectName(), "admin");
        doors.snapshot(member, "POST", "/store/adopt", "{}").expect(403);
        doors.snapshot(member, "POST", "/store/push", "{\"peer\": \"away\"}").expect(403);
        doors.snapshot(operator, "POST", "/store/adopt", "{\"project\": \"nowhere\"}")
                .expect(400);
        doors.snapshot(operator, "POST", "/store/adopt", "{\"bundles\": [\"volume/1\"]}")
                .expect(400);
        doors.snapshot(operator, "POST", "/store/pull", "{}").expect(400);
        doors.snapshot(operator, "POST", "/store/pull", "{\"peer\": \"a\", \"bytes_per_second\": -1}")
                .expect(400);

        JsonNode adopted = ended(operator, "adopt", "{\"name\": \"night*\", \"kind\": \"image\"}");
        JsonNode pulled = ended(operator, "pull", "{\"peer\": \"away\", \"bytes_per_second\": 1048576}");

        assertThat(adopted.path("kind").asText()).isEqualTo("adopt_bundles");
        assertThat(pulled.path("kind").asText()).isEqualTo("pull_bundles");
        assertThat(pulled.path("percent").asInt()).isEqualTo(100);
        assertThat(workers.carriedOut("copies-away"))
                .contains(new ImageCommand.CopyBundles(
                        ImageCommand.CopyDirection.PULL,
                        "away",
                        BundleChoice.ALL,
                        ByteCount.ofMib(1),
                        Optional.of(new ProjectId(operator.projectId()))));
    }

    private JsonNode ended(Tenant operator, String order, String body) {
        String job = doors.snapshot(operator, "POST", "/store/" + order, body)
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
        return doors.ended(operator, job);
    }

    private String snapshot(Tenant tenant, String server, String name) {
        String body = "{\"server\": \"%s\", \"name\": \"%s\", \"memory\": true}".formatted(server, name);
        JsonNode begun =
                doors.snapshot(tenant, "POST", "/snapshots", body).expect(202).json();
        doors.ended(tenant, begun.at("/job/id").asText());
        return begun.at("/snapshot/id").asText();
    }

    private JsonNode shown(Tenant tenant, String snapshot) {
        return doors.snapshot(tenant, "GET", "/snapshots/" + snapshot, null)
                .expect(200)
                .json()
                .path("snapshot");
    }

    /// What only the rows know, and what comes from when they were made.
    /// Without what only the cloud that took it knew, and what differs by the clock alone.
    private static JsonNode without(ObjectNode shown) {
        return shown.deepCopy()
                .remove(List.of("created_at", "updated_at", "taken_at", "manifest", "consistency", "first_verdict"));
    }

    private JsonNode image(Tenant tenant, String id) {
        ObjectNode shown = (ObjectNode) doors.http()
                .get(tenant.token(), "/image/v2/images/" + id)
                .expect(200)
                .json();
        return shown.without("updated_at");
    }

    private void change(Tenant tenant, String id, String patch) {
        doors.http()
                .call(
                        tenant.token(),
                        "PATCH",
                        "/image/v2/images/" + id,
                        patch,
                        "Content-Type",
                        "application/openstack-images-v2.1-json-patch")
                .expect(200);
    }

    /// The manifest as the store has it after everything that it was told.
    private Manifest told(ReferenceName.Kind kind, String id) {
        cloud.await("the store was told", () -> described(id)
                .filter(text -> "renamed".equals(text.get("name")))
                .isPresent());
        return manifest(kind, described(id).orElseThrow());
    }

    private Optional<Map<String, String>> described(String image) {
        return workers.carriedOut("image/" + image).stream()
                .filter(ImageCommand.DescribeBundle.class::isInstance)
                .map(command -> ((ImageCommand.DescribeBundle) command).metadata())
                .reduce((_, later) -> later);
    }

    private Manifest sealed(String snapshot) {
        return workers.carriedOut("snapshot/" + snapshot).stream()
                .filter(ImageCommand.SealBundle.class::isInstance)
                .map(command -> ((ImageCommand.SealBundle) command).manifest())
                .findFirst()
                .orElseThrow();
    }

    private static Manifest manifest(ReferenceName.Kind kind, Map<String, String> metadata) {
        return new Manifest(
                Manifest.CURRENT_VERSION,
                kind,
                Optional.empty(),
                Instant.parse("2026-11-22T10:00:00Z"),
                Optional.empty(),
                List.of(FakeWorkers.disk(DeviceName.virtio(0))),
                Optional.empty(),
                new TreeMap<>(metadata));
    }

    private void tell(ReferenceName.Kind kind, String id, Manifest manifest, Optional<ProjectId> assigned) {
        workers.tell(new Fact.BundleFound(
                "bundles",
                new ReferenceName(kind, UUID.fromString(id)),
                new ManifestId(new Digest(1, 2, 3, 4)),
                manifest,
                ByteCount.ofMib(1),
                assigned));
    }

    private List<Object[]> rows(String table, String id) {
        return cloud.rows("select 1 from " + table + " where id = ?", id);
    }

    private void lose(String table, String id) {
        cloud.awaitQuiet();
        transactions.run(() -> entities.createNativeQuery("delete from " + table + " where id = ?")
                .setParameter(1, id)
                .executeUpdate());
    }
}
