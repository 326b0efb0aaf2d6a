package cloud.stasis.gateway.http.metadef;

import cloud.stasis.gateway.metadef.Definition;
import cloud.stasis.gateway.metadef.MetadefName;
import cloud.stasis.gateway.metadef.MetadefTable.ResourceType;
import cloud.stasis.gateway.metadef.Namespace;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// Bodies of answers.
final class MetadefBodies {
    static final String NAMESPACES = "/v2/metadefs/namespaces";
    private static final ObjectMapper JSON = new ObjectMapper();

    private MetadefBodies() {}

    static ObjectNode of(Namespace namespace) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        Namespace.Details details = namespace.details();
        body.put("namespace", details.name().value());
        details.label().displayName().ifPresent(text -> body.put("display_name", text));
        details.label().description().ifPresent(text -> body.put("description", text));
        body.put("visibility", details.visibility().wireName());
        body.put("protected", namespace.isProtected());
        body.put("owner", details.owner().value());
        body.put("schema", "/v2/schemas/metadefs/namespace");
        body.put("self", link(namespace.name()));
        return times(body, namespace.createdAt(), namespace.updatedAt());
    }

    static ObjectNode resourceType(Definition association) {
        return times(named(association), association.createdAt(), association.updatedAt());
    }

    static ObjectNode of(ResourceType type) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("name", type.name().value());
        return times(body, type.createdAt(), type.createdAt());
    }

    static ObjectNode property(Definition property) {
        return named(property);
    }

    /// By their names, each with `prefix` before it.
    static ObjectNode properties(List<Definition> properties, String prefix) {
        ObjectNode byName = JsonNodeFactory.instance.objectNode();
        properties.forEach(property -> byName.set(prefix + property.name(), content(property)));
        return byName;
    }

    static ObjectNode object(MetadefName namespace, Definition object) {
        ObjectNode body = named(object);
        body.put("schema", "/v2/schemas/metadefs/object");
        body.put("self", link(namespace) + "/objects/" + encoded(object.name()));
        return times(body, object.createdAt(), object.updatedAt());
    }

    /// With `prefix` before the names of its properties.
    static ObjectNode object(MetadefName namespace, Definition object, String prefix) {
        ObjectNode body = object(namespace, object);
        if (body.has("properties")) {
            ObjectNode renamed = JsonNodeFactory.instance.objectNode();
            body.path("properties")
                    .properties()
                    .forEach(property -> renamed.set(prefix + property.getKey(), property.getValue()));
            body.set("properties", renamed);
        }
        if (body.has("required")) {
            ArrayNode renamed = JsonNodeFactory.instance.arrayNode();
            body.path("required").forEach(name -> renamed.add(prefix + name.asText()));
            body.set("required", renamed);
        }
        return body;
    }

    static ObjectNode tag(Definition tag) {
        return times(tagName(tag), tag.createdAt(), tag.updatedAt());
    }

    static ObjectNode tagName(Definition tag) {
        return JsonNodeFactory.instance.objectNode().put("name", tag.name().value());
    }

    static String prefix(Definition association) {
        return content(association).path("prefix").asText("");
    }

    static String link(MetadefName namespace) {
        return NAMESPACES + "/" + encoded(namespace);
    }

    private static ObjectNode named(Definition definition) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("name", definition.name().value());
        content(definition).properties().forEach(field -> body.set(field.getKey(), field.getValue()));
        return body;
    }

    private static JsonNode content(Definition definition) {
        try {
            return JSON.readTree(definition.content().json());
        } catch (JsonProcessingException e) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT,
                    "the row of a metadata definition holds no JSON: " + definition.name(),
                    e);
        }
    }

    private static ObjectNode times(ObjectNode body, Instant createdAt, Instant updatedAt) {
        body.put("created_at", createdAt.truncatedTo(ChronoUnit.SECONDS).toString());
        return body.put("updated_at", updatedAt.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static String encoded(MetadefName name) {
        return URLEncoder.encode(name.value(), StandardCharsets.UTF_8).replace("+", "%20");
    }
}
