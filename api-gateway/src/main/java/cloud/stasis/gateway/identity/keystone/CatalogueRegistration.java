package cloud.stasis.gateway.identity.keystone;

import cloud.stasis.gateway.identity.Catalogue;
import cloud.stasis.gateway.identity.Catalogue.Endpoint;
import cloud.stasis.gateway.identity.Catalogue.Service;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jboss.logging.Logger;

/// Enters this cloud's services and their endpoints into a Keystone's catalogue. Repeatable: what is right already
/// stays, an endpoint that moved is changed, nothing of anybody else is touched.
public final class CatalogueRegistration {
    private static final Logger LOG = Logger.getLogger(CatalogueRegistration.class);
    private static final String IDENTITY = "identity";

    private final Keystone keystone;
    private final Catalogue catalogue;

    public CatalogueRegistration(Keystone keystone, Catalogue catalogue) {
        this.keystone = keystone;
        this.catalogue = catalogue;
    }

    /// @throws cloud.stasis.model.StasisException `IDENTITY_UNAVAILABLE`, also if the service user may not do this
    public void run() {
        region(catalogue.region());
        for (Service service : catalogue.templates()) {
            if (!service.type().equals(IDENTITY)) {
                String id = service(service);
                List<JsonNode> known = list("/endpoints?service_id=" + encoded(id), "endpoints");
                service.endpoints().forEach(endpoint -> register(id, endpoint, known));
            }
        }
    }

    private void region(String id) {
        if (keystone.call("GET", "/regions/" + encoded(id), null, Map.of(), 200, 404)
                        .status()
                == 404) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.putObject("region").put("id", id);
            keystone.call("POST", "/regions", body, Map.of(), 201);
        }
    }

    /// By type and name: another cloud may have services of the same types in the same Keystone.
    private String service(Service service) {
        String query = "/services?type=" + encoded(service.type()) + "&name=" + encoded(service.name());
        Optional<JsonNode> known = list(query, "services").stream().findFirst();
        if (known.isPresent()) {
            return known.get().path("id").asText();
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("service").put("type", service.type()).put("name", service.name());
        String id = keystone.call("POST", "/services", body, Map.of(), 201)
                .required()
                .at("/service/id")
                .asText();
        LOG.infof("Registered a service type=%s serviceId=%s", service.type(), id);
        return id;
    }

    private void register(String service, Endpoint endpoint, List<JsonNode> known) {
        Optional<JsonNode> same = known.stream()
                .filter(entry -> entry.path("interface").asText().equals(endpoint.interfaceName())
                        && entry.path("region_id").asText().equals(endpoint.region()))
                .findFirst();
        if (same.isEmpty()) {
            keystone.call("POST", "/endpoints", body(service, endpoint), Map.of(), 201);
            LOG.infof("Registered an endpoint interface=%s url=%s", endpoint.interfaceName(), endpoint.url());
        } else if (!same.get().path("url").asText().equals(endpoint.url())) {
            String id = same.get().path("id").asText();
            keystone.call("PATCH", "/endpoints/" + encoded(id), body(service, endpoint), Map.of(), 200);
            LOG.infof("Moved an endpoint interface=%s url=%s", endpoint.interfaceName(), endpoint.url());
        }
    }

    private static JsonNode body(String service, Endpoint endpoint) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("endpoint")
                .put("service_id", service)
                .put("interface", endpoint.interfaceName())
                .put("region_id", endpoint.region())
                .put("url", endpoint.url());
        return body;
    }

    private List<JsonNode> list(String path, String name) {
        JsonNode found =
                keystone.call("GET", path, null, Map.of(), 200).required().path(name);
        return StreamSupport.stream(found.spliterator(), false).toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
