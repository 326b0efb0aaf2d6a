package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Keypair;
import cloud.stasis.gateway.compute.KeypairRing;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Key pairs: only public keys that users bring; we make no private ones.
@Path("compute/v2.1/os-keypairs")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class KeypairsResource {
    private static final int MAX_NAME = 255;
    private static final int MAX_KEY = 16_384;

    private final CurrentRequest request;
    private final KeypairRing keypairs;

    KeypairsResource(CurrentRequest request, KeypairRing keypairs) {
        this.request = request;
        this.keypairs = keypairs;
    }

    @GET
    public Map<String, Object> list() {
        ComputeAction.OWN_KEYPAIRS.check(request.caller());
        List<Map<String, Object>> found = keypairs.list(request.caller()).stream()
                .map(keypair -> Map.<String, Object>of("keypair", summary(keypair)))
                .toList();
        return Map.of("keypairs", found);
    }

    @POST
    public Response add(@Nullable JsonNode body) {
        ComputeAction.OWN_KEYPAIRS.check(request.caller());
        JsonFields fields = JsonFields.of(body).only("keypair").object("keypair");
        fields.only("name", "public_key", "type", "user_id");
        if (!fields.has("public_key")) {
            throw new FaultException(
                    400, "public_key is required: this cloud makes no private keys. Make one with ssh-keygen.");
        }
        Keypair made =
                keypairs.add(request.caller(), fields.text("name", MAX_NAME), fields.text("public_key", MAX_KEY));
        Map<String, Object> keypair = summary(made);
        keypair.put("user_id", made.user().value());
        return Response.status(request.microversion().atLeast(2, 2) ? 201 : 200)
                .entity(Map.of("keypair", keypair))
                .build();
    }

    @GET
    @Path("{name}")
    public Map<String, Object> show(@PathParam("name") String name) {
        ComputeAction.OWN_KEYPAIRS.check(request.caller());
        Keypair found = keypairs.show(request.caller(), name);
        Map<String, Object> keypair = summary(found);
        keypair.put("user_id", found.user().value());
        keypair.put("id", 1);
        keypair.put("created_at", Times.microseconds(found.createdAt()));
        keypair.put("deleted", false);
        keypair.put("deleted_at", null);
        keypair.put("updated_at", null);
        return Map.of("keypair", keypair);
    }

    @DELETE
    @Path("{name}")
    public Response remove(@PathParam("name") String name) {
        ComputeAction.OWN_KEYPAIRS.check(request.caller());
        keypairs.remove(request.caller(), name);
        return Response.status(request.microversion().atLeast(2, 2) ? 204 : 202).build();
    }

    private Map<String, Object> summary(Keypair keypair) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", keypair.name());
        body.put("public_key", keypair.publicKey());
        body.put("fingerprint", keypair.fingerprint());
        if (request.microversion().atLeast(2, 2)) {
            body.put("type", keypair.type());
        }
        return body;
    }
}
