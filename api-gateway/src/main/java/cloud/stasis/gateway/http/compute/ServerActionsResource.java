package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.ConsoleLog;
import cloud.stasis.gateway.compute.ImageCapture;
import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Power;
import cloud.stasis.gateway.compute.Remarks;
import cloud.stasis.gateway.compute.ServerGroupCatalog;
import cloud.stasis.gateway.compute.ServerRebuild;
import cloud.stasis.gateway.compute.ServerRescue;
import cloud.stasis.gateway.compute.ServerResize;
import cloud.stasis.gateway.compute.ServerShelving;
import cloud.stasis.gateway.compute.Servers;
import cloud.stasis.gateway.compute.Servers.Declared;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `POST /servers/{id}/action`: one object with one key, which says what to do.
@Path("compute/v2.1/servers/{id}/action")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ServerActionsResource {
    private static final int MAX_TEXT = 255;
    private static final int MAX_PROPERTIES = 128;

    private final CurrentRequest request;
    private final Servers servers;
    private final ImageCapture images;
    private final ServerRebuild rebuilds;
    private final ServerResize resizes;
    private final ServerRescue rescues;
    private final ServerShelving shelving;
    private final ServerGroupCatalog groups;
    private final ServerBody bodies;
    private final ConsoleLog console;
    private final Links links;

    ServerActionsResource(
            CurrentRequest request,
            Servers servers,
            ImageCapture images,
            ServerRebuild rebuilds,
            ServerResize resizes,
            ServerRescue rescues,
            ServerShelving shelving,
            ServerGroupCatalog groups,
            ServerBody bodies,
            ConsoleLog console,
            Links links) {
        this.request = request;
        this.servers = servers;
        this.images = images;
        this.rebuilds = rebuilds;
        this.resizes = resizes;
        this.rescues = rescues;
        this.shelving = shelving;
        this.groups = groups;
        this.bodies = bodies;
        this.console = console;
        this.links = links;
    }

    @POST
    public Response act(@PathParam("id") String id, @Nullable JsonNode body) {
        JsonFields fields = JsonFields.of(body);
        List<String> names = fields.names();
        if (names.size() != 1) {
            throw new FaultException(400, "The request body must name exactly one action.");
        }
        return switch (names.getFirst()) {
            case "os-start" -> change(id, Power.START);
            case "os-stop" -> change(id, Power.STOP);
            case "reboot" -> change(id, reboot(fields.object("reboot")));
            case "pause" -> change(id, Power.PAUSE);
            case "unpause" -> change(id, Power.UNPAUSE);
            case "suspend" -> change(id, Power.SUSPEND);
            case "resume" -> change(id, Power.RESUME);
            case "lock" -> lock(id, fields);
            case "unlock" -> unlock(id);
            case "createImage" -> createImage(id, fields.object("createImage"));
            case "createBackup" -> createBackup(id, fields.object("createBackup"));
            case "rebuild" -> rebuild(id, fields.object("rebuild"));
            case "resize" -> resize(id, fields.object("resize"));
            case "confirmResize" -> confirmResize(id);
            case "revertResize" -> revertResize(id);
            case "rescue" -> rescue(id, fields);
            case "unrescue" -> unrescue(id);
            case "shelve" -> shelve(id);
            case "shelveOffload" -> offload(id);
            case "unshelve" -> unshelve(id, fields);
            case "os-getConsoleOutput" -> consoleOutput(id, fields.object("os-getConsoleOutput"));
            case "forceDelete" -> forceDelete(id);
            case "restore" -> restore(id);
            case "os-resetState" -> resetState(id, fields.object("os-resetState"));
            default -> {
                servers.show(request.caller(), ServersResource.id(id));
                throw new FaultException(400, "There is no such action: " + Faults.shortened(names.getFirst()) + ".");
            }
        };
    }

    private Response change(String id, Power power) {
        ComputeAction.CHANGE_SERVERS.check(request.caller());
        servers.change(request.caller(), ServersResource.id(id), power);
        return Response.accepted().build();
    }

    private static Power reboot(JsonFields reboot) {
        return switch (reboot.only("type").text("type", MAX_TEXT)) {
            case "SOFT", "Soft", "soft" -> Power.REBOOT_SOFT;
            case "HARD", "Hard", "hard" -> Power.REBOOT_HARD;
            default -> throw new FaultException(400, "Invalid input for field/attribute type: SOFT or HARD.");
        };
    }

    private Response lock(String id, JsonFields fields) {
        ComputeAction.LOCK_SERVERS.check(request.caller());
        // Before there were reasons, whatever stood there was ignored.
        Optional<String> reason = request.microversion().atLeast(2, 73)
                ? fields.optionalObject("lock")
                        .flatMap(lock -> lock.only("locked_reason").optionalText("locked_reason", MAX_TEXT))
                : Optional.empty();
        servers.lock(request.caller(), ServersResource.id(id), reason);
        return Response.accepted().build();
    }

    private Response unlock(String id) {
        ComputeAction.LOCK_SERVERS.check(request.caller());
        servers.unlock(request.caller(), ServersResource.id(id));
        return Response.accepted().build();
    }

    private Response createImage(String id, JsonFields asked) {
        Caller caller = request.caller();
        ComputeAction.CREATE_IMAGES.check(caller);
        InstanceId server = ServersResource.id(id);
        servers.show(caller, server);
        asked.only("name", "metadata");
        return began(images.begin(caller, server, asked.text("name", MAX_TEXT), properties(asked)));
    }

    private Response createBackup(String id, JsonFields asked) {
        Caller caller = request.caller();
        ComputeAction.CREATE_BACKUPS.check(caller);
        InstanceId server = ServersResource.id(id);
        servers.show(caller, server);
        asked.only("name", "metadata", "backup_type", "rotation");
        int rotation = asked.optionalNumber("rotation")
                .orElseThrow(() -> new FaultException(400, "Invalid input: rotation is required."));
        ImageId image = images.backUp(
                caller,
                server,
                asked.text("name", MAX_TEXT),
                asked.text("backup_type", MAX_TEXT),
                rotation,
                properties(asked));
        // With a rotation of 0 it will not stay.
        return rotation == 0 ? Response.accepted().build() : began(image);
    }

    private static Map<String, String> properties(JsonFields asked) {
        Map<String, String> metadata =
                asked.optionalTextMap("metadata", MAX_TEXT, MAX_TEXT).orElse(Map.of());
        if (metadata.size() > MAX_PROPERTIES) {
            throw new FaultException(400, "Image metadata limit exceeded: at most " + MAX_PROPERTIES + ".");
        }
        return metadata;
    }

    private Response began(ImageId image) {
        return request.microversion().atLeast(2, 45)
                ? Response.accepted(Map.of("image_id", image.toString())).build()
                : Response.accepted()
                        .header("Location", links.imageLocation(image.toString()))
                        .build();
    }

    private Response rebuild(String id, JsonFields asked) {
        Caller caller = request.caller();
        ComputeAction.REBUILD_SERVERS.check(caller);
        InstanceId server = ServersResource.id(id);
        servers.show(caller, server);
        RebuildRequest wanted = RebuildRequest.of(asked, request.microversion());
        Instance rebuilt = rebuilds.begin(caller, server, wanted.image(), wanted.change());
        Map<String, Object> alone = bodies.alone(
                rebuilt, servers.volumesOf(List.of(rebuilt)), groups.of(server), caller, request.microversion());
        Map<String, Object> body = ServerBody.rebuilt(alone, rebuilt, request.microversion());
        // Nobody can log in with it: there is no way into the guest by which it could be set.
        body.put("adminPass", wanted.adminPassword());
        return Response.accepted(Map.of("server", body))
                .header("Location", links.server(rebuilt.id().toString()))
                .build();
    }

    private Response resize(String id, JsonFields asked) {
        Caller caller = request.caller();
        ComputeAction.RESIZE_SERVERS.check(caller);
        InstanceId server = ServersResource.id(id);
        servers.show(caller, server);
        asked.only("flavorRef", "OS-DCF:diskConfig");
        ServerRequest.remarks(asked, Remarks.NONE);
        resizes.begin(
                caller,
                server,
                ServerRequest.flavorRef(asked),
                profile -> profile.remarked(ServerRequest.remarks(asked, profile.remarks())));
        return Response.accepted().build();
    }

    private Response confirmResize(String id) {
        ComputeAction.RESIZE_SERVERS.check(request.caller());
        resizes.confirm(request.caller(), ServersResource.id(id));
        return Response.noContent().build();
    }

    private Response revertResize(String id) {
        ComputeAction.RESIZE_SERVERS.check(request.caller());
        resizes.revert(request.caller(), ServersResource.id(id));
        return Response.accepted().build();
    }

    private Response rescue(String id, JsonFields fields) {
        Caller caller = request.caller();
        ComputeAction.RESCUE_SERVERS.check(caller);
        InstanceId server = ServersResource.id(id);
        Instance found = servers.show(caller, server);
        Optional<JsonFields> asked =
                fields.optionalObject("rescue").map(rescue -> rescue.only("adminPass", "rescue_image_ref"));
        if (found.isVolumeBacked() && !request.microversion().atLeast(2, 87)) {
            throw new FaultException(400, "Cannot rescue a volume-backed instance");
        }
        rescues.begin(
                caller,
                server,
                asked.flatMap(rescue -> rescue.optionalText("rescue_image_ref", MAX_TEXT))
                        .map(ServerRequest::imageRef));
        String password = asked.flatMap(rescue -> rescue.optionalText("adminPass", MAX_TEXT))
                .orElseGet(ServerRequest::freshPassword);
        // As with a rebuild.
        return Response.ok(Map.of("adminPass", password)).build();
    }

    private Response unrescue(String id) {
        ComputeAction.RESCUE_SERVERS.check(request.caller());
        rescues.end(request.caller(), ServersResource.id(id));
        return Response.accepted().build();
    }

    private Response shelve(String id) {
        ComputeAction.SHELVE_SERVERS.check(request.caller());
        shelving.shelve(request.caller(), ServersResource.id(id));
        return Response.accepted().build();
    }

    /// Shelved servers are off their hosts from the start, so there is never one to take off.
    private Response offload(String id) {
        ComputeAction.OFFLOAD_SERVERS.check(request.caller());
        throw wrongState("shelveOffload", id);
    }

    /// Versions before 2.77 ignore whatever stands there.
    private Response unshelve(String id, JsonFields fields) {
        Caller caller = request.caller();
        ComputeAction.SHELVE_SERVERS.check(caller);
        Optional<JsonFields> asked =
                request.microversion().atLeast(2, 77) ? fields.optionalObject("unshelve") : Optional.empty();
        shelving.unshelve(caller, ServersResource.id(id), asked.flatMap(this::wantedHost));
        return Response.accepted().build();
    }

    /// A zone of null is no wish for a zone.
    private Optional<HostId> wantedHost(JsonFields asked) {
        boolean mayNameHost = request.microversion().atLeast(2, 91);
        JsonFields wish = mayNameHost ? asked.only("availability_zone", "host") : asked.only("availability_zone");
        if (wish.names().isEmpty() || !mayNameHost && !wish.isText("availability_zone")) {
            throw new FaultException(400, "Invalid input for field/attribute unshelve: it must say where to.");
        }
        wish.optionalText("availability_zone", MAX_TEXT)
                .filter(zone -> !zone.equals(ServerBody.ZONE))
                .ifPresent(zone -> {
                    throw new FaultException(400, "The requested availability zone is not available");
                });
        if (!wish.has("host")) {
            return Optional.empty();
        }
        ComputeAction.UNSHELVE_TO_HOST.check(request.caller());
        return Optional.of(new HostId(wish.text("host", MAX_TEXT)));
    }

    private Response consoleOutput(String id, JsonFields asked) {
        ComputeAction.READ_CONSOLE.check(request.caller());
        asked.only("length");
        String output = console.tail(request.caller(), ServersResource.id(id), lines(asked));
        return Response.ok(JsonNodeFactory.instance.objectNode().put("output", output))
                .build();
    }

    /// Some clients write the number as a string, and -1 for all.
    private static ConsoleLog.Lines lines(JsonFields asked) {
        String text = asked.isText("length") ? asked.text("length", MAX_TEXT) : "";
        if (text.equals("-1") || asked.isMinusOne("length")) {
            return ConsoleLog.Lines.ALL;
        }
        return asked.optionalNumber("length").map(ConsoleLog.Lines::of).orElse(ConsoleLog.Lines.ALL);
    }

    /// Deletions never wait for anything, so there is nothing to force.
    private Response forceDelete(String id) {
        ComputeAction.DELETE_SERVERS.check(request.caller());
        servers.delete(request.caller(), ServersResource.id(id));
        return Response.accepted().build();
    }

    /// Deleted servers are gone at once, so there is never one to restore.
    private Response restore(String id) {
        ComputeAction.CHANGE_SERVERS.check(request.caller());
        throw wrongState("restore", id);
    }

    private StasisException wrongState(String action, String id) {
        Instance found = servers.show(request.caller(), ServersResource.id(id));
        return new StasisException(
                ErrorCode.WRONG_STATE,
                "Cannot '" + action + "' instance " + found.id() + " while it is in vm_state "
                        + found.state().vmState());
    }

    private Response resetState(String id, JsonFields asked) {
        ComputeAction.RESET_STATE.check(request.caller());
        Declared declared =
                switch (asked.only("state").text("state", MAX_TEXT)) {
                    case "active" -> Declared.ACTIVE;
                    case "error" -> Declared.ERROR;
                    default ->
                        throw new FaultException(400, "Invalid input for field/attribute state: active or error.");
                };
        servers.reset(request.caller(), ServersResource.id(id), declared);
        return Response.accepted().build();
    }
}
