package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.heart.FakeWorkers.Behaviour;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class ServersIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    @BeforeEach
    void open() {
        doors.open();
    }

    @Test
    void aServerIsMadeShownListedRenamedAndDeleted() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "web-1");

        JsonNode shown = doors.server(tenant, id);
        assertThat(shown.path("name").asText()).isEqualTo("web-1");
        assertThat(shown.path("tenant_id").asText()).isEqualTo(tenant.projectId());
        assertThat(shown.at("/metadata/tier").asText()).isEqualTo("gold");
        assertThat(shown.path("OS-EXT-STS:vm_state").asText()).isEqualTo("active");
        assertThat(shown.path("OS-EXT-STS:power_state").asInt()).isEqualTo(1);
        assertThat(shown.path("hostId").asText()).matches("[0-9a-f]{56}");
        assertThat(shown.at("/flavor/id").asText()).isEqualTo("1");
        assertThat(shown.has("fault")).isFalse();
        assertThat(shown.has("OS-EXT-SRV-ATTR:host")).isFalse();

        assertThat(doors.compute(tenant, "GET", "/servers/detail?name=web", null)
                        .json()
                        .at("/servers/0/id")
                        .asText())
                .isEqualTo(id);
        doors.compute(tenant, "PUT", "/servers/" + id, "{\"server\": {\"name\": \"web-2\"}}")
                .expect(200);
        assertThat(doors.server(tenant, id).path("name").asText()).isEqualTo("web-2");

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        cloud.await(
                "it is gone",
                () -> doors.compute(tenant, "GET", "/servers/" + id, null).status() == 404);
        assertThat(workers.carriedOut(id))
                .extracting(command -> command.getClass().getSimpleName())
                .containsExactly("BootInstance", "DeleteInstance");
        assertThat(doors.compute(tenant, "2.21", "GET", "/servers/" + id + "/os-instance-actions", null)
                        .expect(200)
                        .json()
                        .findValuesAsText("action"))
                .containsExactly("delete", "create");
        doors.compute(doors.http().tenant("member"), "2.21", "GET", "/servers/" + id + "/os-instance-actions", null)
                .expect(404);
        doors.compute(tenant, "GET", "/servers/" + id + "/os-instance-actions", null)
                .expect(404);
    }

    @ParameterizedTest
    @CsvSource({
        "os-stop, SHUTOFF, os-start, ACTIVE",
        "pause, PAUSED, unpause, ACTIVE",
        "suspend, SUSPENDED, resume, ACTIVE"
    })
    void powerChangesThereAndBack(String there, String state, String back, String again) {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "power");

        doors.act(tenant, id, "{\"" + there + "\": null}").expect(202);
        doors.awaitStatus(tenant, id, state);
        doors.act(tenant, id, "{\"" + back + "\": null}").expect(202);

        doors.awaitStatus(tenant, id, again);
    }

    @Test
    void aLockHoldsTheTenantButNotTheAdministrator() {
        Tenant tenant = doors.http().tenant("member");
        Tenant admin = doors.http().tenant("admin");
        String id = doors.running(tenant, "locked");

        doors.compute(
                        tenant,
                        "2.73",
                        "POST",
                        "/servers/" + id + "/action",
                        "{\"lock\": {\"locked_reason\": \"audit\"}}")
                .expect(202);

        JsonNode shown = doors.compute(tenant, "2.73", "GET", "/servers/" + id, null)
                .expect(200)
                .json()
                .path("server");
        assertThat(shown.path("locked").asBoolean()).isTrue();
        assertThat(shown.path("locked_reason").asText()).isEqualTo("audit");
        assertThat(doors.compute(tenant, "2.73", "GET", "/servers?locked=false", null)
                        .json()
                        .path("servers"))
                .isEmpty();
        assertThat(doors.act(tenant, id, "{\"os-stop\": null}")
                        .expect(409)
                        .json()
                        .at("/conflictingRequest/message")
                        .asText())
                .isEqualTo("Instance " + id + " is locked");
        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(409);
        doors.act(admin, id, "{\"os-stop\": null}").expect(202);
        doors.awaitStatus(tenant, id, "SHUTOFF");
        doors.act(tenant, id, "{\"unlock\": null}").expect(202);
        doors.act(admin, id, "{\"lock\": null}").expect(202);
        doors.act(tenant, id, "{\"unlock\": null}").expect(403);
        doors.act(admin, id, "{\"unlock\": null}").expect(202);

        doors.act(tenant, id, "{\"os-start\": null}").expect(202);
        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    @Test
    void aStoppedServerIsMadeAnewFromAnotherImageAndStaysStopped() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "rebuilt");
        doors.act(tenant, id, "{\"os-stop\": null}").expect(202);
        doors.awaitStatus(tenant, id, "SHUTOFF");
        String image = doors.image(tenant).toString();

        JsonNode answer = doors.compute(tenant, "2.57", "POST", "/servers/" + id + "/action", """
                        {"rebuild": {"imageRef": "%s", "name": "anew", "metadata": {"tier": "silver"}}}
                        """.formatted(image))
                .expect(202)
                .json()
                .path("server");

        assertThat(answer.path("status").asText()).isEqualTo("REBUILD");
        assertThat(answer.at("/image/id").asText()).isEqualTo(image);
        assertThat(answer.path("adminPass").asText()).isNotEmpty();
        doors.awaitStatus(tenant, id, "SHUTOFF");
        JsonNode shown = doors.server(tenant, id);
        assertThat(shown.path("name").asText()).isEqualTo("anew");
        assertThat(shown.at("/metadata/tier").asText()).isEqualTo("silver");
        assertThat(workers.carriedOut(id))
                .extracting(command -> command.getClass().getSimpleName())
                .containsExactly("BootInstance", "ChangePower", "DeleteInstance", "BootInstance", "ChangePower");
    }

    @Test
    void aRebuildThatFailsLeavesAnErrorThatARebuildMends() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "broken");
        String rebuild = "{\"rebuild\": {\"imageRef\": \"" + doors.image(tenant) + "\"}}";
        workers.behave((command, about) -> about instanceof ComputeCommand.BootInstance
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.INTERNAL, "no")))
                : Optional.empty());

        doors.act(tenant, id, rebuild).expect(202);
        doors.awaitStatus(tenant, id, "ERROR");
        workers.behave(FakeWorkers.Manners.GOOD);
        doors.act(tenant, id, rebuild).expect(202);

        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    @Test
    void whatClientsSayForEachOtherIsKept() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "remarks");

        doors.compute(tenant, "PUT", "/servers/" + id, """
                        {"server": {"accessIPv4": "192.0.2.1", "OS-DCF:diskConfig": "AUTO"}}""").expect(200);
        doors.compute(tenant, "PUT", "/servers/" + id, """
                        {"server": {"accessIPv6": "2001:0db8:0:0:0:0:192.0.2.1"}}""").expect(200);

        JsonNode shown = doors.server(tenant, id);
        assertThat(shown.path("accessIPv4").asText()).isEqualTo("192.0.2.1");
        assertThat(shown.path("accessIPv6").asText()).isEqualTo("2001:db8::c000:201");
        assertThat(shown.path("OS-DCF:diskConfig").asText()).isEqualTo("AUTO");
        doors.compute(tenant, "PUT", "/servers/" + id, """
                        {"server": {"accessIPv4": "example.org"}}""").expect(400);
    }

    @Test
    void antiAffineServersDoNotShareAHost() {
        Tenant tenant = doors.http().tenant("member");
        String group = doors.compute(tenant, "2.64", "POST", "/os-server-groups", """
                        {"server_group": {"name": "apart", "policy": "anti-affinity"}}""")
                .expect(200)
                .json()
                .at("/server_group/id")
                .asText();

        String first = doors.createdIn(tenant, "first", group);
        doors.awaitStatus(tenant, first, "ACTIVE");
        String second = doors.createdIn(tenant, "second", group);

        doors.awaitStatus(tenant, second, "ERROR");
        assertThat(doors.server(tenant, second).at("/fault/message").asText()).contains("No valid host");
        assertThat(doors.compute(tenant, "2.71", "GET", "/servers/" + first, null)
                        .json()
                        .at("/server/server_groups/0")
                        .asText())
                .isEqualTo(group);
        JsonNode members = doors.compute(tenant, "2.64", "GET", "/os-server-groups", null)
                .expect(200)
                .json()
                .at("/server_groups/0/members");
        assertThat(members).extracting(JsonNode::asText).containsExactly(first, second);
        Tenant other = doors.http().tenant("member");
        doors.compute(other, "GET", "/os-server-groups/" + group, null).expect(404);
        doors.compute(other, "DELETE", "/os-server-groups/" + group, null).expect(404);
        doors.compute(tenant, "DELETE", "/os-server-groups/" + group, null).expect(204);
        doors.compute(tenant, "GET", "/os-server-groups/" + group, null).expect(404);
    }

    @Test
    void rebootShowsWhatGoesOn() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "reboot");
        workers.behave((command, about) -> Optional.of(new Behaviour.Sleeps()));

        doors.act(tenant, id, "{\"reboot\": {\"type\": \"HARD\"}}").expect(202);

        assertThat(doors.server(tenant, id).path("status").asText()).isEqualTo("HARD_REBOOT");
        assertThat(doors.server(tenant, id).path("OS-EXT-STS:task_state").asText())
                .isEqualTo("rebooting_hard");
        workers.behave(FakeWorkers.Manners.GOOD);
        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    @ParameterizedTest
    @CsvSource({"os-start, start, active", "unpause, unpause, active", "resume, resume, active"})
    void aWrongStateIsAConflictInNovasWords(String action, String verb, String state) {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "conflict");

        var answer = doors.act(tenant, id, "{\"" + action + "\": null}").expect(409);

        assertThat(answer.json().at("/conflictingRequest/message").asText())
                .isEqualTo("Cannot '" + verb + "' instance " + id + " while it is in vm_state " + state);
    }

    @Test
    void aServerThatNoHostTakesIsThereInError() {
        Tenant tenant = doors.http().tenant("member");
        doors.http()
                .post(
                        doors.http().admin(),
                        "/compute/v2.1/flavors",
                        "{\"flavor\": {\"name\": \"huge-" + UUID.randomUUID()
                                + "\", \"id\": \"huge\", \"ram\": 200000, \"vcpus\": 2000, \"disk\": 1}}");
        doors.compute(tenant, "POST", "/servers", """
                {"server": {"name": "big", "imageRef": "%s", "flavorRef": "huge"}}
                """.formatted(doors.image(tenant)))
                .expect(403);
        doors.http()
                .call(
                        doors.http().admin(),
                        "PUT",
                        "/compute/v2.1/os-quota-sets/" + tenant.projectId(),
                        "{\"quota_set\": {\"cores\": -1, \"ram\": -1}}")
                .expect(200);

        String id = doors.compute(tenant, "POST", "/servers", """
                        {"server": {"name": "big", "imageRef": "%s", "flavorRef": "huge"}}
                        """.formatted(doors.image(tenant)))
                .expect(202)
                .json()
                .at("/server/id")
                .asText();

        JsonNode server = doors.server(tenant, id);
        assertThat(server.path("status").asText()).isEqualTo("ERROR");
        assertThat(server.at("/fault/message").asText()).startsWith("No valid host was found.");
        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        doors.compute(tenant, "GET", "/servers/" + id, null).expect(404);
    }

    @Test
    void aServerWhoseBootFailsShowsWhyAndLeavesNoVolume() {
        Tenant tenant = doors.http().tenant("member");
        workers.behave((id, command) -> command instanceof ComputeCommand.BootInstance
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.NO_SPACE, "the host's disk is full")))
                : Optional.empty());

        String id = doors.compute(tenant, "POST", "/servers", """
                {"server": {"name": "fails", "imageRef": "%s", "flavorRef": "1", "block_device_mapping_v2": [
                  {"boot_index": 0, "uuid": "%s", "source_type": "image", "destination_type": "local"},
                  {"boot_index": -1, "source_type": "blank", "destination_type": "volume", "volume_size": 1}]}}
                """.replace("\"imageRef\": \"%s\", ", "")
                        .formatted(doors.image(tenant)))
                .expect(202)
                .json()
                .at("/server/id")
                .asText();
        doors.awaitStatus(tenant, id, "ERROR");

        assertThat(doors.server(tenant, id).at("/fault/message").asText()).isEqualTo("the host's disk is full");
        assertThat(doors.http()
                        .get(tenant.token(), "/volume/v3/" + tenant.projectId() + "/volumes/detail")
                        .json()
                        .path("volumes"))
                .isEmpty();
    }

    @Test
    void blankVolumesAreMadeAttachedAndDeletedAsAsked() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.compute(tenant, "POST", "/servers", """
                        {"server": {"name": "disks", "imageRef": "%s", "flavorRef": "1", "block_device_mapping_v2": [
                          {"source_type": "blank", "destination_type": "volume", "volume_size": 1,
                           "delete_on_termination": true},
                          {"source_type": "blank", "destination_type": "volume", "volume_size": "2"}]}}
                        """.formatted(doors.image(tenant)))
                .expect(202)
                .json()
                .at("/server/id")
                .asText();
        doors.awaitStatus(tenant, id, "ACTIVE");
        String volumes = "/volume/v3/" + tenant.projectId() + "/volumes/detail";

        JsonNode attached = doors.compute(tenant, "2.96", "GET", "/servers/" + id + "/os-volume_attachments", null)
                .json()
                .path("volumeAttachments");
        assertThat(attached).hasSize(2);
        assertThat(attached.at("/0/device").asText()).isEqualTo("/dev/vdb");
        assertThat(attached.at("/0/delete_on_termination").asBoolean()).isTrue();
        assertThat(doors.http()
                        .get(tenant.token(), volumes)
                        .json()
                        .at("/volumes/0/status")
                        .asText())
                .isEqualTo("in-use");

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        cloud.await(
                "it is gone",
                () -> doors.compute(tenant, "GET", "/servers/" + id, null).status() == 404);

        JsonNode left = doors.http().get(tenant.token(), volumes).json().path("volumes");
        assertThat(left).hasSize(1);
        assertThat(left.at("/0/size").asInt()).isEqualTo(2);
        assertThat(left.at("/0/status").asText()).isEqualTo("available");
    }

    @Test
    void aServerCanBeDeletedWhileItIsMade() {
        Tenant tenant = doors.http().tenant("member");
        workers.behave((id, command) ->
                command instanceof VolumeCommand.CreateVolume ? Optional.of(new Behaviour.Sleeps()) : Optional.empty());
        String id = doors.compute(tenant, "POST", "/servers", """
                        {"server": {"name": "short", "imageRef": "%s", "flavorRef": "1", "block_device_mapping_v2": [
                          {"source_type": "blank", "destination_type": "volume", "volume_size": 1}]}}
                        """.formatted(doors.image(tenant)))
                .expect(202)
                .json()
                .at("/server/id")
                .asText();

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        workers.behave(FakeWorkers.Manners.GOOD);
        cloud.awaitQuiet();

        doors.compute(tenant, "GET", "/servers/" + id, null).expect(404);
        assertThat(doors.http()
                        .get(tenant.token(), "/volume/v3/" + tenant.projectId() + "/volumes")
                        .json()
                        .path("volumes"))
                .isEmpty();
    }

    @Test
    void whatTheHypervisorTellsIsShown() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "observed");

        workers.tell(
                new Fact.InstanceObserved(FakeWorkers.HOST, InstanceId.parse(id), PowerState.STOPPED, Instant.now()));

        doors.awaitStatus(tenant, id, "SHUTOFF");
    }

    @Test
    void consoleOutputComesFromTheHost() throws Exception {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "console");
        HttpServer host = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        host.createContext("/v1/instances/" + id + "/console", exchange -> {
            boolean isAllowed = exchange.getRequestHeaders()
                    .getFirst("Authorization")
                    .matches("Bearer [\\w-]+\\.[\\w-]+\\.[\\w-]+");
            byte[] text = (exchange.getRequestURI().getQuery() + " login:").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(isAllowed ? 200 : 401, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        host.start();
        try {
            workers.servesBytesAt(
                    URI.create("http://127.0.0.1:" + host.getAddress().getPort()));
            cloud.await(
                    "the host's address is known",
                    () -> doors.act(tenant, id, "{\"os-getConsoleOutput\": {\"length\": 5}}")
                                    .status()
                            == 200);

            var answer = doors.act(tenant, id, "{\"os-getConsoleOutput\": {\"length\": 5}}");

            assertThat(answer.json().path("output").asText()).isEqualTo("lines=5 login:");
        } finally {
            host.stop(0);
        }
    }

    @Test
    void whatStillStreamsIsAskedOfTheHost() throws Exception {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "streams");
        String path = "/servers/" + id + "/streams";
        HttpServer host = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        host.createContext("/v1/instances/" + id + "/streams", exchange -> {
            byte[] text = "[{\"disk\": \"vda\", \"fetched\": 7, \"size\": 64}]".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        host.start();
        try {
            workers.servesBytesAt(
                    URI.create("http://127.0.0.1:" + host.getAddress().getPort()));
            cloud.await(
                    "the host's address is known",
                    () -> doors.snapshot(tenant, "GET", path, null).status() == 200);

            JsonNode streams = doors.snapshot(tenant, "GET", path, null).json();

            assertThat(streams.toString()).isEqualTo("{\"streams\":[{\"disk\":\"vda\",\"fetched\":7,\"size\":64}]}");
            Tenant other = doors.http().tenant("member");
            doors.snapshot(other, "GET", path, null).expect(404);
        } finally {
            host.stop(0);
        }
    }

    @Test
    void itsHistoryIsKept() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "history");
        doors.act(tenant, id, "{\"os-stop\": null}").expect(202);
        doors.awaitStatus(tenant, id, "SHUTOFF");

        JsonNode actions = doors.compute(tenant, "2.58", "GET", "/servers/" + id + "/os-instance-actions", null)
                .json()
                .path("instanceActions");

        assertThat(actions.findValuesAsText("action")).containsExactly("stop", "create");
        String request = actions.at("/0/request_id").asText();
        assertThat(doors.compute(tenant, "2.58", "GET", "/servers/" + id + "/os-instance-actions/" + request, null)
                        .json()
                        .at("/instanceAction/events/0/result")
                        .asText())
                .isEqualTo("Success");
    }

    @Test
    void aServerThatIsDeletedByForceIsGoneUnlessItIsLocked() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "forced");
        doors.act(tenant, id, "{\"lock\": null}").expect(202);
        doors.act(tenant, id, "{\"forceDelete\": null}").expect(409);
        doors.act(tenant, id, "{\"unlock\": null}").expect(202);

        doors.act(tenant, id, "{\"forceDelete\": null}").expect(202);

        cloud.await(
                "it is gone",
                () -> doors.compute(tenant, "GET", "/servers/" + id, null).status() == 404);
    }

    @Test
    void bodiesFollowTheMicroversion() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "versions");

        JsonNode first = doors.compute(tenant, "2.1", "GET", "/servers/" + id, null)
                .json()
                .path("server");
        JsonNode last = doors.compute(tenant, "2.96", "GET", "/servers/" + id, null)
                .json()
                .path("server");

        assertThat(first.at("/flavor/id").asText()).isEqualTo("1");
        assertThat(first.has("description")).isFalse();
        assertThat(first.has("tags")).isFalse();
        assertThat(last.at("/flavor/original_name").asText()).isEqualTo("demo.tiny");
        assertThat(last.at("/flavor/ram").asInt()).isEqualTo(256);
        assertThat(last.path("description").isNull()).isTrue();
        assertThat(last.path("locked").asBoolean()).isFalse();
        assertThat(last.path("tags")).isEmpty();
    }
}
