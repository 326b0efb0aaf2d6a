package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Encryption;
import cloud.stasis.gateway.volume.Shelf;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The encryption of a type of volumes, for administrators. An encryption is named by its type.
@Path("volume/v3/{project}/types/{id}/encryption")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class EncryptionResource {
    private static final int MAX_TEXT = Metadata.MAX_TEXT;

    private final VolumeDoor door;
    private final VolumeTypeCatalog types;
    private final Shelf<Encryption> encryptions;
    private final Transactions transactions;
    private final Clock clock;

    EncryptionResource(
            VolumeDoor door,
            VolumeTypeCatalog types,
            Shelf<Encryption> encryptions,
            Transactions transactions,
            Clock clock) {
        this.door = door;
        this.types = types;
        this.encryptions = encryptions;
        this.transactions = transactions;
        this.clock = clock;
    }

    /// Empty if there is none.
    @GET
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("id") String id) {
        return encryptions
                .find(type(project, id))
                .map(EncryptionResource::detail)
                .orElse(Map.of());
    }

    @GET
    @Path("{key}")
    public Map<String, Object> item(
            @PathParam("project") String project, @PathParam("id") String id, @PathParam("key") String key) {
        Map<String, Object> all = show(project, id);
        if (!all.containsKey(key)) {
            throw new FaultException(404, "Encryption " + Faults.shortened(key) + " could not be found.");
        }
        Map<String, Object> item = new LinkedHashMap<>();
        item.put(key, all.get(key));
        return item;
    }

    @POST
    public Map<String, Object> create(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        UUID type = type(project, id);
        JsonFields fields = JsonFields.of(body).only("encryption").object("encryption");
        Encryption made = new Encryption(
                type,
                door.enter(project, VolumeAction.CHANGE_TYPES).project(),
                fields.text("provider", MAX_TEXT),
                fields.optionalText("cipher", MAX_TEXT),
                fields.optionalNumber("key_size"),
                place(fields).orElse("front-end"),
                clock.instant());
        transactions.run(() -> encryptions.add(made));
        return Map.of("encryption", brief(made));
    }

    @PUT
    @Path("{key}")
    public Map<String, Object> update(
            @PathParam("project") String project,
            @PathParam("id") String id,
            @PathParam("key") String key,
            @Nullable JsonNode body) {
        UUID type = type(project, id);
        JsonFields fields = JsonFields.of(body).only("encryption").object("encryption");
        return transactions.call(() -> {
            Encryption before = encryptions.lock(type).orElseThrow(EncryptionResource::notFound);
            Encryption next = new Encryption(
                    type,
                    before.project(),
                    fields.optionalText("provider", MAX_TEXT).orElse(before.provider()),
                    fields.optionalText("cipher", MAX_TEXT).or(before::cipher),
                    fields.optionalNumber("key_size").or(before::keyBits),
                    place(fields).orElse(before.place()),
                    before.createdAt());
            encryptions.save(next);
            Map<String, Object> shown = brief(next);
            shown.keySet().retainAll(fields.names());
            return Map.<String, Object>of("encryption", shown);
        });
    }

    @DELETE
    @Path("{key}")
    public Response remove(
            @PathParam("project") String project, @PathParam("id") String id, @PathParam("key") String key) {
        UUID type = type(project, id);
        transactions.run(() -> {
            Encryption gone = encryptions.lock(type).orElseThrow(EncryptionResource::notFound);
            encryptions.remove(gone.key());
        });
        return Response.accepted().build();
    }

    private UUID type(String project, String id) {
        Caller caller = door.enter(project, VolumeAction.CHANGE_TYPES);
        return types.show(caller, VolumeTypesResource.id(id)).id().value();
    }

    private static Optional<String> place(JsonFields fields) {
        return fields.optionalText("control_location", MAX_TEXT).map(place -> {
            if (!place.equals("front-end") && !place.equals("back-end")) {
                throw new FaultException(400, "Invalid input: control_location must be front-end or back-end.");
            }
            return place;
        });
    }

    private static Map<String, Object> brief(Encryption encryption) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("volume_type_id", encryption.key().toString());
        body.put("encryption_id", encryption.key().toString());
        body.put("provider", encryption.provider());
        body.put("cipher", encryption.cipher().orElse(null));
        body.put("key_size", encryption.keyBits().orElse(null));
        body.put("control_location", encryption.place());
        return body;
    }

    private static Map<String, Object> detail(Encryption encryption) {
        Map<String, Object> body = brief(encryption);
        body.put("created_at", VolumeBody.time(encryption.createdAt()));
        body.put("updated_at", null);
        body.put("deleted_at", null);
        body.put("deleted", false);
        return body;
    }

    private static FaultException notFound() {
        return new FaultException(404, "Volume type encryption for this type does not exist.");
    }
}
