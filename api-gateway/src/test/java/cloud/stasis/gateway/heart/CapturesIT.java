package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.heart.FakeWorkers.Behaviour;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.InstanceId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Images of servers, snapshots, reverts and the jobs that they are.
@QuarkusTest
class CapturesIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    @Inject
    SnapshotDoors snapshots;

    @BeforeEach
    void open() {
        doors.open();
    }

    @Test
    void createImageAnswersAsItsVersionPromises() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "imaged");
        String action = "{\"createImage\": {\"name\": \"nightly-1\", \"metadata\": {\"tier\": \"silver\"}}}";

        var old = doors.act(tenant, id, action).expect(202);
        doors.awaitStatus(tenant, id, "ACTIVE");
        var recent = doors.compute(tenant, "2.45", "POST", "/servers/" + id + "/action", action)
                .expect(202);
        doors.awaitStatus(tenant, id, "ACTIVE");

        assertThat(old.text()).isEmpty();
        String image = old.header("Location").replaceAll(".*/", "");
        assertThat(recent.header("Location")).isEmpty();
        assertThat(recent.json().path("image_id").asText()).isNotEqualTo(image);
        JsonNode shown = image(tenant, image);
        assertThat(shown.path("status").asText()).isEqualTo("active");
        assertThat(shown.path("name").asText()).isEqualTo("nightly-1");
        assertThat(shown.path("tier").asText()).isEqualTo("silver");
        assertThat(shown.path("instance_uuid").asText()).isEqualTo(id);
        assertThat(shown.path("image_type").asText()).isEqualTo("snapshot");
        assertThat(shown.path("os_distro").asText()).isEqualTo("debian");
        assertThat(shown.path("base_image_ref").asText()).isNotEmpty();
        assertThat(shown.path("visibility").asText()).isEqualTo("private");
        assertThat(doors.ended(tenant, shown.path("stasis_job_id").asText())
                        .path("percent")
                        .asInt())
                .isEqualTo(100);
        cloud.await(
                "checksums are there",
                () -> image(tenant, image).path("checksum").asText().equals("0".repeat(32)));
    }

    @Test
    void backupsAreRotatedWithinTheirSeries() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "backed-up");
        String plain = begin(tenant, id, "no backup");
        doors.awaitStatus(tenant, id, "ACTIVE");
        String weekly = backUp(tenant, id, "weekly", 1);
        String first = backUp(tenant, id, "daily", 2);
        String second = backUp(tenant, id, "daily", 2);

        String third = backUp(tenant, id, "daily", 2);

        cloud.await(
                "the oldest of its series is gone", () -> !images(tenant, id).contains(first));
        assertThat(images(tenant, id)).containsExactlyInAnyOrder(plain, weekly, second, third);
        assertThat(image(tenant, third).path("image_type").asText()).isEqualTo("backup");
        assertThat(image(tenant, third).path("backup_type").asText()).isEqualTo("daily");
        doors.act(tenant, id, "{\"createBackup\": {\"name\": \"b\", \"backup_type\": \"daily\", \"rotation\": -1}}")
                .expect(400);
    }

    private String backUp(Tenant tenant, String id, String type, int rotation) {
        String body = "{\"createBackup\": {\"name\": \"b\", \"backup_type\": \"%s\", \"rotation\": %d}}"
                .formatted(type, rotation);
        String image = doors.compute(tenant, "2.45", "POST", "/servers/" + id + "/action", body)
                .expect(202)
                .json()
                .path("image_id")
                .asText();
        doors.awaitStatus(tenant, id, "ACTIVE");
        return image;
    }

    private Set<String> images(Tenant tenant, String server) {
        Set<String> ids = new HashSet<>();
        doors.http()
                .get(tenant.token(), "/image/v2/images?instance_uuid=" + server)
                .expect(200)
                .json()
                .path("images")
                .forEach(image -> ids.add(image.path("id").asText()));
        return ids;
    }

    @Test
    void aSecondImageHasToWait() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "busy");
        workers.behave((command, about) ->
                about instanceof ImageCommand.SealBundle ? Optional.of(new Behaviour.Sleeps()) : Optional.empty());
        String image = begin(tenant, id, "first");
        cloud.await("it is uploading", () -> doors.server(tenant, id)
                .path("OS-EXT-STS:task_state")
                .asText()
                .equals("image_uploading"));

        var second = doors.act(tenant, id, "{\"createImage\": {\"name\": \"second\"}}")
                .expect(409);

        assertThat(second.json().at("/conflictingRequest/message").asText())
                .isEqualTo("Cannot 'createImage' instance " + id + " while it is in task_state image_uploading");
        assertThat(doors.server(tenant, id).path("status").asText()).isEqualTo("ACTIVE");
        assertThat(image(tenant, image).path("status").asText()).isEqualTo("saving");
        workers.behave(FakeWorkers.Manners.GOOD);
        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    @Test
    void snapshotsOfAServerThatIsBeingCapturedAreTakenInTurn() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "queued");
        workers.behave((command, about) ->
                about instanceof ImageCommand.SealBundle ? Optional.of(new Behaviour.Sleeps()) : Optional.empty());
        String image = begin(tenant, id, "image");
        JsonNode first = asked(tenant, id, "first");
        JsonNode second = asked(tenant, id, "second");
        JsonNode unwanted = asked(tenant, id, "unwanted");

        assertThat(first.at("/snapshot/status").asText()).isEqualTo("queued");
        assertThat(doors.snapshot(tenant, "GET", "/jobs/" + jobOf(second), null)
                        .json()
                        .at("/job/status")
                        .asText())
                .isEqualTo("accepted");
        doors.snapshot(tenant, "DELETE", "/snapshots/" + snapshotOf(second), null)
                .expect(409);
        doors.snapshot(tenant, "POST", "/jobs/" + jobOf(unwanted) + "/cancel", "{}")
                .expect(202);
        assertThat(doors.ended(tenant, jobOf(unwanted)).path("status").asText()).isEqualTo("cancelled");
        doors.snapshot(tenant, "GET", "/snapshots/" + snapshotOf(unwanted), null)
                .expect(404);
        workers.behave(FakeWorkers.Manners.GOOD);

        assertThat(doors.ended(tenant, jobOf(first)).path("status").asText()).isEqualTo("succeeded");
        assertThat(doors.ended(tenant, jobOf(second)).path("status").asText()).isEqualTo("succeeded");
        assertThat(image(tenant, image).path("status").asText()).isEqualTo("active");
        assertThat(snapshots.shown(tenant, snapshotOf(second)).path("parent").asText())
                .isEqualTo(snapshotOf(first));
        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    @Test
    void whatIsQueuedEndsWithItsServer() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "queued-and-deleted");
        workers.behave((command, about) -> about instanceof ComputeCommand.CaptureInstance
                ? Optional.of(new Behaviour.Sleeps())
                : Optional.empty());
        JsonNode first = asked(tenant, id, "first");
        JsonNode second = asked(tenant, id, "second");

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        workers.behave(FakeWorkers.Manners.GOOD);

        assertThat(doors.ended(tenant, jobOf(second)).path("status").asText()).isEqualTo("failed");
        doors.ended(tenant, jobOf(first));
        doors.snapshot(tenant, "GET", "/snapshots/" + snapshotOf(second), null).expect(404);
    }

    @Test
    void onlySoManySnapshotsWait() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "crowded");
        workers.behave((command, about) -> about instanceof ComputeCommand.CaptureInstance
                ? Optional.of(new Behaviour.Sleeps())
                : Optional.empty());
        for (int at = 0; at <= 10; at++) {
            asked(tenant, id, "number " + at);
        }

        doors.snapshot(tenant, "POST", "/snapshots", "{\"server\": \"" + id + "\", \"name\": \"one more\"}")
                .expect(409);

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        workers.behave(FakeWorkers.Manners.GOOD);
    }

    private JsonNode asked(Tenant tenant, String server, String name) {
        String body = "{\"server\": \"" + server + "\", \"name\": \"" + name + "\"}";
        return doors.snapshot(tenant, "POST", "/snapshots", body).expect(202).json();
    }

    private static String jobOf(JsonNode begun) {
        return begun.at("/job/id").asText();
    }

    private static String snapshotOf(JsonNode begun) {
        return begun.at("/snapshot/id").asText();
    }

    @Test
    void deletingAnImageWhileItIsMadeEndsTheJobAndFreesTheServer() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "unwanted");
        workers.behave((command, about) ->
                about instanceof ComputeCommand.CaptureDisks ? Optional.of(new Behaviour.Sleeps()) : Optional.empty());
        String image = begin(tenant, id, "unwanted");
        String job = image(tenant, image).path("stasis_job_id").asText();

        doors.http()
                .call(tenant.token(), "DELETE", "/image/v2/images/" + image, null)
                .expect(204);
        workers.behave(FakeWorkers.Manners.GOOD);

        assertThat(doors.ended(tenant, job).path("status").asText()).isEqualTo("cancelled");
        doors.awaitStatus(tenant, id, "ACTIVE");
        doors.http().get(tenant.token(), "/image/v2/images/" + image).expect(404);
        assertThat(workers.carriedOut(id))
                .contains(new ComputeCommand.SettleCapture(
                        InstanceId.parse(id), capture(id), ComputeCommand.Settlement.ABANDONED));
        begin(tenant, id, "wanted");
        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    @Test
    void aCaptureThatFailsLeavesNoImageAndSaysWhy() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "fails");
        workers.behave((command, about) -> about instanceof ImageCommand.SealBundle
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.NO_SPACE, "the store is full")))
                : Optional.empty());

        String image = begin(tenant, id, "fails");
        String job = doors.snapshot(tenant, "GET", "/jobs?image=" + image, null)
                .json()
                .at("/jobs/0/id")
                .asText();

        JsonNode ended = doors.ended(tenant, job);
        assertThat(ended.path("status").asText()).isEqualTo("failed");
        assertThat(ended.at("/error/code").asText()).isEqualTo("NO_SPACE");
        assertThat(ended.at("/error/message").asText()).isEqualTo("the store is full");
        doors.http().get(tenant.token(), "/image/v2/images/" + image).expect(404);
        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    @Test
    void snapshotsFormATree() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "tree");
        String first = snapshots.taken(tenant, id, "first", true);
        String second = snapshots.taken(tenant, id, "second", false);
        snapshots.reverted(tenant, first, "{\"memory\": true, \"state\": \"paused\"}");
        doors.awaitStatus(tenant, id, "PAUSED");
        String third = snapshots.taken(tenant, id, "third", true);

        assertThat(snapshots.shown(tenant, first).path("parent").isNull()).isTrue();
        assertThat(snapshots.shown(tenant, second).path("parent").asText()).isEqualTo(first);
        assertThat(snapshots.shown(tenant, third).path("parent").asText()).isEqualTo(first);
        assertThat(snapshots.shown(tenant, first).path("memory").asBoolean()).isTrue();
        assertThat(snapshots.shown(tenant, second).path("memory").asBoolean()).isFalse();
        assertThat(snapshots.shown(tenant, first).at("/receipt/paused_ms").asLong())
                .isEqualTo(3);
        assertThat(snapshots.shown(tenant, first).path("parts")).hasSize(2);
        assertThat(doors.snapshot(tenant, "GET", "/snapshots?server=" + id, null)
                        .json()
                        .path("snapshots")
                        .findValuesAsText("name"))
                .containsSubsequence("third", "second", "first");

        snapshots.deleted(tenant, first);

        doors.snapshot(tenant, "GET", "/snapshots/" + first, null).expect(404);
        assertThat(snapshots.shown(tenant, second).path("parent").isNull()).isTrue();
        snapshots.reverted(tenant, second, "{}");
        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    @Test
    void memoryThatIsNotThereCannotBeRevertedTo() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "diskonly");
        String snapshot = snapshots.taken(tenant, id, "disks", false);

        doors.snapshot(tenant, "POST", "/snapshots/" + snapshot + "/revert", "{\"memory\": true}")
                .expect(400);
    }

    @Test
    void theSameClientTokenGivesTheSameJob() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "twice");
        String body = "{\"server\": \"" + id + "\", \"name\": \"once\"}";
        String token = UUID.randomUUID().toString();

        var first = doors.snapshot(tenant, "POST", "/snapshots", body, "Idempotency-Key", token)
                .expect(202)
                .json();
        var second = doors.snapshot(tenant, "POST", "/snapshots", body, "Idempotency-Key", token)
                .expect(202)
                .json();

        assertThat(second.at("/job/id")).isEqualTo(first.at("/job/id"));
        assertThat(second.at("/snapshot/id")).isEqualTo(first.at("/snapshot/id"));
        doors.ended(tenant, first.at("/job/id").asText());
        doors.snapshot(
                        tenant,
                        "DELETE",
                        "/snapshots/" + first.at("/snapshot/id").asText(),
                        null,
                        "Idempotency-Key",
                        token)
                .expect(409);
    }

    @Test
    void aJobCanBeCancelledBeforeItIsSealed() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "cancelled");
        workers.behave((command, about) -> about instanceof ComputeCommand.CaptureInstance
                ? Optional.of(new Behaviour.Sleeps())
                : Optional.empty());
        JsonNode begun = doors.snapshot(
                        tenant, "POST", "/snapshots", "{\"server\": \"" + id + "\", \"name\": \"never\"}")
                .expect(202)
                .json();
        String job = begun.at("/job/id").asText();

        doors.snapshot(tenant, "POST", "/jobs/" + job + "/cancel", "{}").expect(202);
        workers.behave(FakeWorkers.Manners.GOOD);

        assertThat(doors.ended(tenant, job).path("status").asText()).isEqualTo("cancelled");
        doors.snapshot(tenant, "GET", "/snapshots/" + begun.at("/snapshot/id").asText(), null)
                .expect(404);
        doors.snapshot(tenant, "POST", "/jobs/" + job + "/cancel", "{}").expect(409);
    }

    @Test
    void aJobIsFollowedToItsEnd() throws Exception {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "followed");
        workers.behave((command, about) ->
                about instanceof ImageCommand.SealBundle ? Optional.of(new Behaviour.Sleeps()) : Optional.empty());
        String job = doors.snapshot(
                        tenant, "POST", "/snapshots", "{\"server\": \"" + id + "\", \"name\": \"followed\"}")
                .json()
                .at("/job/id")
                .asText();
        HttpRequest request = HttpRequest.newBuilder(TestCloud.uri("/snapshot/v1/jobs/" + job + "/events"))
                .header("X-Auth-Token", tenant.token())
                .header("Accept", "text/event-stream")
                .build();

        List<String> events;
        try (HttpClient client = HttpClient.newHttpClient()) {
            var response = client.send(request, HttpResponse.BodyHandlers.ofLines());
            assertThat(response.statusCode()).isEqualTo(200);
            workers.behave(FakeWorkers.Manners.GOOD);
            events = response.body().filter(line -> line.startsWith("data:")).toList();
        }

        assertThat(events).hasSizeGreaterThan(1);
        assertThat(events.getFirst()).contains("\"status\":\"running\"");
        assertThat(events.getLast()).contains("\"status\":\"succeeded\"").contains("\"percent\":100");
    }

    @Test
    void snapshotsOutliveTheirServer() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "mortal");
        String snapshot = snapshots.taken(tenant, id, "kept", true);
        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        cloud.await(
                "it is gone",
                () -> doors.compute(tenant, "GET", "/servers/" + id, null).status() == 404);

        assertThat(snapshots.shown(tenant, snapshot).path("status").asText()).isEqualTo("available");
        doors.snapshot(tenant, "POST", "/snapshots/" + snapshot + "/revert", "{}")
                .expect(404);
        snapshots.deleted(tenant, snapshot);
        doors.snapshot(tenant, "GET", "/snapshots/" + snapshot, null).expect(404);
    }

    @Test
    void aSnapshotBecomesAnImageThatOutlivesIt() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "published");
        String snapshot = snapshots.taken(tenant, id, "whole", true);

        JsonNode job = doors.snapshot(tenant, "POST", "/images", """
                        {"snapshot": "%s", "name": "to take away"}
                        """.formatted(snapshot))
                .expect(202)
                .json()
                .path("job");

        assertThat(doors.ended(tenant, job.path("id").asText()).path("status").asText())
                .isEqualTo("succeeded");
        snapshots.deleted(tenant, snapshot);
        JsonNode image = image(tenant, job.path("image").asText());
        assertThat(image.path("status").asText()).isEqualTo("active");
        assertThat(image.path("name").asText()).isEqualTo("to take away");
        assertThat(image.path("container_format").asText()).isEqualTo("ova");
        assertThat(image.path("disk_format").asText()).isEqualTo("qcow2");
        assertThat(image.path("instance_uuid").asText()).isEqualTo(id);
        cloud.await("checksums are there", () -> image(tenant, job.path("image").asText())
                .path("checksum")
                .asText()
                .equals("0".repeat(32)));
    }

    @Test
    void onlyOnesOwnSnapshotsBecomeImages() {
        Tenant tenant = doors.http().tenant("member");
        Tenant other = doors.http().tenant("member");
        String snapshot = snapshots.taken(tenant, doors.running(tenant, "private"), "whole", false);

        doors.snapshot(other, "POST", "/images", "{\"snapshot\": \"" + snapshot + "\", \"name\": \"mine\"}")
                .expect(404);
        doors.snapshot(tenant, "POST", "/images", "{\"snapshot\": \"" + snapshot + "\"}")
                .expect(400);
    }

    private String begin(Tenant tenant, String id, String name) {
        return doors.compute(
                        tenant,
                        "2.96",
                        "POST",
                        "/servers/" + id + "/action",
                        "{\"createImage\": {\"name\": \"" + name + "\"}}")
                .expect(202)
                .json()
                .path("image_id")
                .asText();
    }

    private JsonNode image(Tenant tenant, String image) {
        return doors.http()
                .get(tenant.token(), "/image/v2/images/" + image)
                .expect(200)
                .json();
    }

    /// By what name the first capture of a server was begun.
    private UUID capture(String server) {
        return workers.carriedOut(server).stream()
                .filter(ComputeCommand.SettleCapture.class::isInstance)
                .map(command -> ((ComputeCommand.SettleCapture) command).capture())
                .findFirst()
                .orElseThrow();
    }
}
