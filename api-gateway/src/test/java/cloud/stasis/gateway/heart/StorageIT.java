package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.messages.BundleSize;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.ProjectSize;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What bundles take up in the store, and how much a project may keep there.
@QuarkusTest
class StorageIT {
    private static final long MIB = ByteCount.ofMib(1).bytes();

    @Inject
    Doors doors;

    @Inject
    SnapshotDoors snapshots;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private Tenant tenant;
    private Tenant operator;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        operator = doors.http().tenant("admin");
    }

    @Test
    void aTenantSeesWhatADeletionGivesBackAndOnlyAnOperatorWhatIsUniqueInTheStore() {
        String server = doors.running(tenant, "sized");
        String id = snapshots.taken(tenant, server, "sized", false);
        assertThat(snapshots.shown(tenant, id).path("stored").isNull()).isTrue();

        measure(ReferenceName.of(SnapshotId.parse(id)), tenant);
        cloud.await(
                "the sizes are known",
                () -> snapshots.shown(tenant, id).has("stored")
                        && !snapshots.shown(tenant, id).path("stored").isNull());

        JsonNode stored = snapshots.shown(tenant, id).path("stored");
        assertThat(stored.path("own").asLong()).isEqualTo(3 * MIB);
        assertThat(stored.path("shared").asLong()).isEqualTo(5 * MIB);
        assertThat(stored.has("sole")).as("a tenant learns nothing of others").isFalse();
        JsonNode listed = doors.snapshot(tenant, "GET", "/snapshots?server=" + server, null)
                .expect(200)
                .json()
                .at("/snapshots/0/stored");
        assertThat(listed).isEqualTo(stored);
        assertThat(snapshots.shown(operator, id).at("/stored/sole").asLong()).isEqualTo(2 * MIB);
        assertThat(usage(tenant).path("stored_bytes").asLong()).isEqualTo(8 * MIB);
    }

    @Test
    void anImageIsMeasuredForItsOwnerAlone() {
        String id = doors.image(tenant).toString();
        doors.http()
                .call(
                        operator.token(),
                        "PATCH",
                        "/image/v2/images/" + id,
                        "[{\"op\": \"replace\", \"path\": \"/visibility\", \"value\": \"community\"}]",
                        "Content-Type",
                        "application/openstack-images-v2.1-json-patch")
                .expect(200);
        Tenant other = doors.http().tenant("member");
        measure(ReferenceName.of(ImageId.parse(id)), tenant);
        cloud.await(
                "the sizes are known", () -> !image(tenant, id).path("stored").isNull());

        assertThat(image(tenant, id).at("/stored/own").asLong()).isEqualTo(3 * MIB);
        assertThat(image(other, id).path("name").asText()).isNotEmpty();
        assertThat(image(other, id).path("stored").isNull()).isTrue();

        // The store took it for another project's: what it counted is among that one's bundles.
        measure(ReferenceName.of(ImageId.parse(id)), other);
        cloud.await("the sizes are void", () -> image(tenant, id).path("stored").isNull());
        assertThat(image(other, id).path("stored").isNull()).isTrue();
    }

    @Test
    void aSnapshotThatMayNotFitIsRefusedBeforeItBegins() {
        String server = doors.running(tenant, "large");
        // The image that the server was made of is the tenant's too.
        long before = usage(tenant).path("kept_bytes").asLong();
        limit("store_gigabytes", 0);

        String refusal = doors.snapshot(tenant, "POST", "/snapshots", """
                        {"server": "%s", "name": "no", "memory": true}
                        """.formatted(server))
                .expect(403)
                .text();
        doors.compute(tenant, "POST", "/servers/" + server + "/action", "{\"createImage\": {\"name\": \"no\"}}")
                .expect(403);

        assertThat(refusal).contains("store_gigabytes");
        assertThat(usage(tenant).path("kept_bytes").asLong()).isEqualTo(before);
        limit("store_gigabytes", 2);
        String id = snapshots.taken(tenant, server, "yes", false);
        long size = snapshots.shown(tenant, id).path("size").asLong();
        assertThat(usage(tenant).path("kept_bytes").asLong()).isEqualTo(before + size);
        snapshots.deleted(tenant, id);
        assertThat(usage(tenant).path("kept_bytes").asLong()).isEqualTo(before);
    }

    @Test
    void whatIsStoredStopsWhatBeginsWhenItIsTooMuch() {
        String server = doors.running(tenant, "stored");
        String id = snapshots.taken(tenant, server, "first", false);
        limit("stored_gigabytes", 0);

        doors.snapshot(tenant, "POST", "/snapshots", """
                        {"server": "%s", "name": "second", "memory": false}
                        """.formatted(server)).expect(403);

        limit("stored_gigabytes", -1);
        snapshots.deleted(tenant, id);
        snapshots.taken(tenant, server, "second", false);
    }

    @Test
    void limitsAreSetByOperatorsOnly() {
        String path = "/store/usage/" + tenant.projectId();
        doors.snapshot(tenant, "PUT", path, "{\"store_gigabytes\": 1}").expect(403);
        doors.snapshot(tenant, "GET", path, null).expect(403);
        doors.snapshot(operator, "PUT", path, "{\"store_gigabytes\": -2}").expect(400);
        doors.snapshot(operator, "PUT", path, "{\"cores\": 2}").expect(400);

        limit("store_gigabytes", 7);

        assertThat(usage(tenant).path("store_gigabytes").asInt()).isEqualTo(7);
        assertThat(usage(tenant).path("stored_gigabytes").asInt()).isEqualTo(-1);
    }

    private void measure(ReferenceName bundle, Tenant owner) {
        workers.tell(new Fact.StoreMeasured(
                FakeWorkers.STORE,
                List.of(new BundleSize(
                        bundle,
                        Optional.of(new ProjectId(owner.projectId())),
                        ByteCount.ofMib(64),
                        ByteCount.ofMib(3),
                        ByteCount.ofMib(5),
                        ByteCount.ofMib(2))),
                List.of(new ProjectSize(new ProjectId(owner.projectId()), ByteCount.ofMib(8)))));
    }

    private void limit(String resource, int gib) {
        doors.snapshot(operator, "PUT", "/store/usage/" + tenant.projectId(), "{\"%s\": %d}".formatted(resource, gib))
                .expect(200);
    }

    private JsonNode usage(Tenant who) {
        return doors.snapshot(who, "GET", "/store/usage", null)
                .expect(200)
                .json()
                .path("usage");
    }

    private JsonNode image(Tenant who, String id) {
        return doors.snapshot(who, "GET", "/images/" + id, null)
                .expect(200)
                .json()
                .path("image");
    }
}
