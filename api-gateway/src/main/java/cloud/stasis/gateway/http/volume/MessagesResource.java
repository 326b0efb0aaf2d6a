package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Shelf;
import cloud.stasis.gateway.volume.UserMessage;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Why something of a tenant's went wrong, from version 3.3 on.
@Path("volume/v3/{project}/messages")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class MessagesResource {
    private static final String WHAT = "Message";

    private final VolumeDoor door;
    private final Shelf<UserMessage> messages;
    private final Transactions transactions;
    private final PublicUrls urls;

    MessagesResource(VolumeDoor door, Shelf<UserMessage> messages, Transactions transactions, PublicUrls urls) {
        this.door = door;
        this.messages = messages;
        this.transactions = transactions;
        this.urls = urls;
    }

    @GET
    public Map<String, Object> list(@PathParam("project") String project, @Context UriInfo uri) {
        Caller caller = enter(project, VolumeAction.READ);
        return ShelfPage.<UserMessage>of(uri, "messages", urls.of("/" + uri.getPath()))
                .filter("event_id", UserMessage::event)
                .filter("resource_uuid", message -> message.volume().toString())
                .write(scope -> messages.visible(caller, scope), this::body);
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("id") String id) {
        Caller caller = enter(project, VolumeAction.READ);
        return Map.of("message", body(messages.visible(caller, BackupsResource.id(id), WHAT)));
    }

    @DELETE
    @Path("{id}")
    public void remove(@PathParam("project") String project, @PathParam("id") String id) {
        Caller caller = enter(project, VolumeAction.CHANGE);
        UUID key = BackupsResource.id(id);
        transactions.run(() -> {
            messages.lockVisible(caller, key, WHAT);
            messages.remove(key);
        });
    }

    private Caller enter(String project, VolumeAction action) {
        Caller caller = door.enter(project, action);
        door.requireVersion(3, 3);
        return caller;
    }

    private Map<String, Object> body(UserMessage message) {
        String path = "/v3/" + message.project() + "/messages/" + message.key();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", message.key().toString());
        body.put("event_id", message.event());
        body.put("user_message", message.text());
        body.put("message_level", "ERROR");
        body.put("created_at", VolumeBody.time(message.createdAt()));
        body.put("guaranteed_until", VolumeBody.time(message.createdAt().plus(UserMessage.KEPT)));
        body.put("request_id", message.requestId());
        body.put("resource_type", "VOLUME");
        body.put("resource_uuid", message.volume().toString());
        body.put(
                "links",
                List.of(
                        Map.of("rel", "self", "href", urls.of("/volume" + path)),
                        Map.of("rel", "bookmark", "href", urls.of("/volume" + path.substring(3)))));
        return body;
    }
}
