package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.Routes;
import cloud.stasis.gateway.Routes.Route;
import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.http.Admission;
import cloud.stasis.gateway.http.Policy;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Role x every route x own and foreign project. The routes are those that are served, so that a new one is tried
/// without being named here; a kind of thing that is in no list below fails the test.
@QuarkusTest
class RolesIT {
    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]*}");
    /// Named in paths, and no project's: what everybody sees, what only administrators reach, and what belongs to
    /// users (own tests of each say whom it is shown to).
    private static final List<String> NO_PROJECTS = List.of(
            "/identity/",
            "/compute/v2.1/flavors/",
            "/compute/v2.1/os-hypervisors/",
            "/compute/v2.1/os-networks/",
            "/compute/v2.1/os-quota-class-sets/",
            "/compute/v2.1/os-quota-sets/",
            "/compute/v2.1/os-services/",
            "/compute/v2.1/os-simple-tenant-usage/",
            "/image/v2/schemas/",
            "/snapshot/v1/hosts/",
            "/snapshot/v1/quotas/",
            "/snapshot/v1/state-backups/",
            "/snapshot/v1/store/usage/",
            "/volume/v3/{project}/types/",
            "/volume/v3/{project}/qos-specs/",
            "/volume/v3/{project}/group_types/",
            "/volume/v3/{project}/os-hosts/",
            "/volume/v3/{project}/capabilities/",
            "/volume/v3/{project}/os-quota-sets/",
            "/volume/v3/{project}/os-quota-class-sets/");
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHnsXm5d4yZ2hHqS1ydCTSG5A8Mb0mJx2Jw0WbVb0c9n";
    private static final Map<String, String> BODIES = Map.of(
            "/compute/v2.1/servers/{id}/action POST", "{\"pause\": null}",
            "/compute/v2.1/servers/{id} PUT", "{\"server\": {\"name\": \"mine\"}}",
            "/compute/v2.1/servers/{id}/metadata PUT", "{\"metadata\": {\"a\": \"b\"}}",
            "/volume/v3/{project}/volumes/{id} PUT", "{\"volume\": {\"name\": \"mine\"}}",
            "/volume/v3/{project}/volumes/{id}/action POST", "{\"os-extend\": {\"new_size\": 9}}",
            "/volume/v3/{project}/snapshots/{id} PUT", "{\"snapshot\": {\"name\": \"mine\"}}",
            "/volume/v3/{project}/backups/{id}/restore POST", "{\"restore\": {}}",
            "/snapshot/v1/snapshots/{id}/revert POST", "{\"memory\": true}",
            "/snapshot/v1/snapshots/{id}/clone POST", "{\"name\": \"mine\"}",
            "/snapshot/v1/servers/{id}/clone POST", "{\"name\": \"mine\"}");

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    SnapshotDoors snapshots;

    @Inject
    Policy policy;

    private Tenant owner;
    private Map<String, String> owned;

    @BeforeEach
    void open() {
        doors.open();
        owner = doors.http().tenant("member");
        VolumeDoor volumes = new VolumeDoor(doors, cloud, owner);
        String server = doors.running(owner, "owned");
        String snapshot = snapshots.taken(owner, server, "owned", true);
        String volume = volumes.volume("{\"size\": 1, \"name\": \"owned\"}");
        String job = doors.snapshot(owner, "GET", "/jobs", null)
                .expect(200)
                .json()
                .at("/jobs/0/id")
                .asText();
        String image = doors.image(owner).toString();
        String group = doors.compute(
                        owner,
                        "POST",
                        "/os-server-groups",
                        "{\"server_group\": {\"name\": \"owned\", \"policies\": [\"affinity\"]}}")
                .expect(200)
                .json()
                .at("/server_group/id")
                .asText();
        String volumeSnapshot = volumes.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");
        String backup = volumes.made("/backups", "backup", "{\"volume_id\": \"" + volume + "\"}");
        String given = volumes.volume("{\"size\": 1}");
        String transfer = volumes.call(
                        "POST", "/volume-transfers", "{\"transfer\": {\"volume_id\": \"" + given + "\"}}")
                .expect(202)
                .json()
                .at("/transfer/id")
                .asText();
        String namespace = "ns-" + UUID.randomUUID();
        doors.http()
                .post(
                        doors.http().admin(),
                        "/image/v2/metadefs/namespaces",
                        "{\"namespace\": \"" + namespace + "\", \"visibility\": \"private\", \"owner\": \""
                                + owner.projectId() + "\"}")
                .expect(201);
        VolumeDoor operators = volumes.as(doors.http().member(owner.projectId(), owner.projectName(), "admin"));
        String type = operators
                .call("POST", "/types", "{\"volume_type\": {\"name\": \"t-" + UUID.randomUUID() + "\"}}")
                .expect(200)
                .json()
                .at("/volume_type/id")
                .asText();
        String kind = operators
                .call("POST", "/group_types", "{\"group_type\": {\"name\": \"g-" + UUID.randomUUID() + "\"}}")
                .expect(202)
                .json()
                .at("/group_type/id")
                .asText();
        String volumeGroup = volumes.made(
                "/groups",
                "group",
                "{\"name\": \"owned\", \"group_type\": \"" + kind + "\", \"volume_types\": [\"" + type + "\"]}");
        volumes.volume("{\"size\": 1, \"volume_type\": \"" + type + "\", \"group_id\": \"" + volumeGroup + "\"}");
        String groupSnapshot =
                volumes.made("/group_snapshots", "group_snapshot", "{\"group_id\": \"" + volumeGroup + "\"}");
        owned = Map.ofEntries(
                Map.entry("/compute/v2.1/servers/", server),
                Map.entry("/compute/v2.1/images/", image),
                Map.entry("/compute/v2.1/os-server-groups/", group),
                Map.entry("/compute/v2.1/os-snapshots/", volumeSnapshot),
                Map.entry("/compute/v2.1/os-volumes/", volume),
                Map.entry("/image/v2/images/", image),
                Map.entry("/image/v2/tasks/", task()),
                Map.entry("/image/v2/metadefs/namespaces/", namespace),
                Map.entry("/snapshot/v1/servers/", server),
                Map.entry("/snapshot/v1/snapshots/", snapshot),
                Map.entry("/snapshot/v1/images/", image),
                Map.entry("/snapshot/v1/instants/", instant(server)),
                Map.entry("/snapshot/v1/jobs/", job),
                Map.entry("/snapshot/v1/policies/", policy(volume)),
                Map.entry("/snapshot/v1/volumes/", volume),
                Map.entry("/volume/v3/{project}/volumes/", volume),
                Map.entry("/volume/v3/{project}/snapshots/", volumeSnapshot),
                Map.entry("/volume/v3/{project}/backups/", backup),
                Map.entry("/volume/v3/{project}/volume-transfers/", transfer),
                Map.entry("/volume/v3/{project}/os-volume-transfer/", transfer),
                Map.entry("/volume/v3/{project}/groups/", volumeGroup),
                Map.entry("/volume/v3/{project}/group_snapshots/", groupSnapshot),
                Map.entry("/volume/v3/{project}/attachments/", attachment(volumes)),
                Map.entry("/volume/v3/{project}/messages/", message(volumes, operators)),
                Map.entry("/compute/v2.1/os-keypairs/", keypair()));
    }

    /// Of an import of an image that is over.
    private String task() {
        String image = doors.http()
                .post(
                        owner.token(),
                        "/image/v2/images",
                        "{\"name\": \"fetched\", \"disk_format\": \"qcow2\", \"container_format\": \"bare\"}")
                .expect(201)
                .json()
                .path("id")
                .asText();
        doors.http()
                .post(
                        owner.token(),
                        "/image/v2/images/" + image + "/import",
                        "{\"method\": {\"name\": \"web-download\", \"uri\": \"https://" + TestCloud.IMAGE_HOST
                                + "/owned\"}}")
                .expect(202);
        cloud.awaitQuiet();
        return doors.http()
                .get(owner.token(), "/image/v2/images/" + image + "/tasks")
                .expect(200)
                .json()
                .at("/tasks/0/id")
                .asText();
    }

    private String instant(String server) {
        String other = doors.running(owner, "other");
        JsonNode begun = doors.snapshot(
                        owner,
                        "POST",
                        "/snapshots",
                        "{\"servers\": [\"" + server + "\", \"" + other + "\"], \"name\": \"owned\"}")
                .expect(202)
                .json();
        doors.ended(owner, begun.at("/job/id").asText());
        return begun.at("/instant/id").asText();
    }

    private String policy(String volume) {
        return doors.snapshot(
                        owner,
                        "POST",
                        "/policies",
                        "{\"name\": \"owned\", \"volume\": \"" + volume + "\", \"interval\": \"PT1H\"}")
                .expect(201)
                .json()
                .at("/policy/id")
                .asText();
    }

    private static String attachment(VolumeDoor volumes) {
        return volumes.call(
                        "POST",
                        "/attachments",
                        "{\"attachment\": {\"volume_uuid\": \"" + volumes.volume("{\"size\": 1}") + "\"}}")
                .expect(200)
                .json()
                .at("/attachment/id")
                .asText();
    }

    /// Of a volume that nobody could make.
    private static String message(VolumeDoor volumes, VolumeDoor operators) {
        String type = "nobody-" + UUID.randomUUID();
        operators
                .call(
                        "POST",
                        "/types",
                        "{\"volume_type\": {\"name\": \"" + type
                                + "\", \"extra_specs\": {\"vendor_name\": \"nobody\"}}}")
                .expect(200);
        volumes.call("POST", "/volumes", "{\"volume\": {\"size\": 1, \"volume_type\": \"" + type + "\"}}")
                .expect(202);
        return volumes.show("/messages", "messages").get(0).path("id").asText();
    }

    private String keypair() {
        String name = "owned-" + UUID.randomUUID();
        doors.compute(
                        owner,
                        "POST",
                        "/os-keypairs",
                        "{\"keypair\": {\"name\": \"" + name + "\", \"public_key\": \"" + KEY + "\"}}")
                .expect(200);
        return name;
    }

    @Test
    void everyRouteLetsInWhomTheTableNamesAndNobodyElse() {
        List<String> wrong = new ArrayList<>();
        for (String role : List.of("reader", "member", "admin", "service")) {
            Tenant tenant = doors.http().member(owner.projectId(), owner.projectName(), role);
            for (Route route : Routes.all()) {
                Admission admission = policy.of(route.method(), route.path()).orElseThrow();
                boolean admitted = isAdmitted(admission, role);
                // Who is refused tries it on the real thing, who is not on one that is not there.
                String id =
                        admitted ? UUID.randomUUID().toString() : owned(route).orElse("x");
                int status = call(tenant, route, id).status();
                boolean refused = status == 403;
                if (admitted == refused && !(admitted && admission == Admission.TOKEN)
                        || status >= 500 && status != 501) {
                    wrong.add(role + " " + route + " (" + admission + "): " + status);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThatNothingChanged();
    }

    @Test
    void whatIsAnotherProjectsIsNotThere() {
        List<String> wrong = new ArrayList<>();
        for (String role : List.of("reader", "member")) {
            Tenant stranger = doors.http().tenant(role);
            for (Route route : Routes.all()) {
                Admission admission = policy.of(route.method(), route.path()).orElseThrow();
                if (!isAdmitted(admission, role)) {
                    continue;
                }
                Optional<String> id = owned(route);
                if (id.isEmpty()) {
                    wrong.addAll(tellsNothing(stranger, route));
                    continue;
                }
                int status = call(stranger, route, id.get()).status();
                boolean unread = !BODIES.containsKey(route.toString()) && !route.isReading();
                if (status != 404 && !(unread && Set.of(400, 415).contains(status))) {
                    wrong.add(role + " " + route + ": " + status);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThatNothingChanged();
    }

    private List<String> tellsNothing(Tenant stranger, Route route) {
        if (!route.isReading() || route.path().startsWith("/identity")) {
            return List.of();
        }
        String text = call(stranger, route, UUID.randomUUID().toString()).text();
        return owned.values().stream()
                .filter(text::contains)
                .map(id -> stranger.userName() + " " + route + " tells of " + id)
                .toList();
    }

    private static boolean isAdmitted(Admission admission, String role) {
        return switch (admission) {
            case OPEN, TOKEN -> true;
            case READER -> !role.equals("service");
            case MEMBER -> role.equals("member") || role.equals("admin");
            case ADMIN, OVERSEER -> role.equals("admin");
        };
    }

    private Answer call(Tenant tenant, Route route, String id) {
        String path = route.path()
                .replace("{project}", tenant.projectId())
                .replace("/os-quota-sets/{id}", "/os-quota-sets/" + tenant.projectId());
        Matcher parameter = PARAMETER.matcher(path);
        path = parameter.replaceFirst(id);
        path = PARAMETER.matcher(path).replaceAll("x");
        String body = route.isReading() || route.method().equals("DELETE")
                ? null
                : BODIES.getOrDefault(route.toString(), "{}");
        String[] headers;
        if (path.startsWith("/volume")) {
            headers = new String[] {"OpenStack-API-Version", "volume latest"};
        } else if (path.endsWith("/file")) {
            headers = new String[] {"Content-Type", "application/octet-stream"};
        } else {
            headers = new String[] {"Accept", path.endsWith("/events") ? "text/event-stream" : "application/json"};
        }
        return doors.http().call(tenant.token(), route.method(), path, body, headers);
    }

    /// The real thing that a route is about.
    private Optional<String> owned(Route route) {
        Optional<String> id = owned.entrySet().stream()
                .filter(entry -> route.path().startsWith(entry.getKey() + "{"))
                .map(Map.Entry::getValue)
                .findFirst();
        boolean named = PARAMETER.matcher(route.path().replace("{project}", "")).find();
        if (id.isEmpty() && named) {
            assertThat(NO_PROJECTS).as("whose it is: " + route).anyMatch(route.path()::startsWith);
        }
        return id;
    }

    private void assertThatNothingChanged() {
        for (Map.Entry<String, String> each : owned.entrySet()) {
            String path = each.getKey().replace("{project}", owner.projectId()) + each.getValue();
            if (!path.startsWith("/snapshot/v1/servers") && !path.startsWith("/snapshot/v1/volumes")) {
                assertThat(doors.http()
                                .call(owner.token(), "GET", path, null, "OpenStack-API-Version", "volume latest")
                                .expect(200)
                                .text())
                        .doesNotContain("mine");
            }
        }
        assertThat(doors.server(owner, owned.get("/compute/v2.1/servers/"))
                        .path("status")
                        .asText())
                .isEqualTo("ACTIVE");
    }
}
