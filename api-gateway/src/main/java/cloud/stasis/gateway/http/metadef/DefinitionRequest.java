package cloud.stasis.gateway.http.metadef;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.metadef.Definition;
import cloud.stasis.gateway.metadef.Definition.Draft;
import cloud.stasis.gateway.metadef.Definition.Kind;
import cloud.stasis.gateway.metadef.MetadefLimits;
import cloud.stasis.gateway.metadef.MetadefName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads definitions as clients write them: strictly, by the schemas that we publish.
final class DefinitionRequest {
    private static final Set<String> TYPES = Set.of("array", "boolean", "integer", "number", "object", "string");
    private static final List<String> READ_ONLY = List.of("created_at", "updated_at", "self", "schema");

    private DefinitionRequest() {}

    static Draft resourceType(@Nullable JsonNode body) {
        JsonFields fields = writable(body).only("name", "prefix", "properties_target");
        fields.optionalText("prefix", MetadefLimits.NAME);
        fields.optionalText("properties_target", MetadefLimits.NAME);
        return draft(Kind.RESOURCE_TYPE, name(fields), body);
    }

    static Draft property(@Nullable JsonNode body) {
        JsonFields fields = writable(body);
        MetadefName name = name(fields);
        checkProperty(fields, body);
        return draft(Kind.PROPERTY, name, body);
    }

    /// An object of properties by their names.
    static List<Draft> properties(JsonFields fields, JsonNode body) {
        List<Draft> drafts = new ArrayList<>();
        JsonNode properties = propertyMap(fields, body);
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            drafts.add(draft(Kind.PROPERTY, new MetadefName(property.getKey()), property.getValue()));
        }
        return drafts;
    }

    static Draft object(@Nullable JsonNode body) {
        JsonFields fields = writable(body).only("name", "description", "required", "properties");
        fields.optionalText("description", MetadefLimits.CONTENT);
        fields.texts("required", MetadefLimits.ENTRIES, MetadefLimits.NAME);
        propertyMap(fields, present(body));
        return draft(Kind.OBJECT, name(fields), body);
    }

    static Draft tag(@Nullable JsonNode body) {
        return tag(name(writable(body).only("name")));
    }

    static Draft tag(MetadefName name) {
        return draft(Kind.TAG, name, JsonNodeFactory.instance.objectNode());
    }

    /// Of a body that holds a list of them.
    static List<JsonNode> entries(JsonFields fields, String list, JsonNode body) {
        fields.objects(list, MetadefLimits.DEFINITIONS);
        List<JsonNode> entries = new ArrayList<>();
        body.path(list).forEach(entries::add);
        return entries;
    }

    /// @throws FaultException 403 if it sets what only we set
    static JsonFields writable(@Nullable JsonNode body) {
        JsonFields fields = JsonFields.of(body);
        READ_ONLY.stream().filter(fields::has).findFirst().ifPresent(name -> {
            throw new FaultException(403, "Attribute '" + name + "' is read-only.");
        });
        return fields;
    }

    private static JsonNode propertyMap(JsonFields fields, JsonNode body) {
        fields.optionalObject("properties").ifPresent(properties -> {
            if (properties.names().size() > MetadefLimits.DEFINITIONS) {
                throw invalid("there are more than " + MetadefLimits.DEFINITIONS + " properties.");
            }
            for (String name : properties.names()) {
                checkProperty(
                        properties.object(new MetadefName(name).value()),
                        body.path("properties").path(name));
            }
        });
        return body.path("properties");
    }

    private static void checkProperty(JsonFields fields, @Nullable JsonNode body) {
        fields.only(
                "name",
                "title",
                "description",
                "operators",
                "type",
                "required",
                "minimum",
                "maximum",
                "maxLength",
                "minLength",
                "pattern",
                "enum",
                "readonly",
                "default",
                "items",
                "maxItems",
                "minItems",
                "uniqueItems",
                "additionalItems");
        fields.optionalText("name", MetadefLimits.NAME);
        fields.text("title", MetadefLimits.CONTENT);
        checkType(fields.text("type", MetadefLimits.NAME));
        fields.optionalText("description", MetadefLimits.CONTENT);
        fields.optionalText("pattern", MetadefLimits.CONTENT);
        fields.texts("operators", MetadefLimits.ENTRIES, MetadefLimits.NAME);
        fields.texts("required", MetadefLimits.ENTRIES, MetadefLimits.NAME);
        List.of("maxLength", "minLength", "maxItems", "minItems").forEach(fields::optionalCount);
        List.of("readonly", "uniqueItems", "additionalItems").forEach(fields::optionalFlag);
        JsonNode property = present(body);
        for (String bound : List.of("minimum", "maximum")) {
            if (property.has(bound) && !property.path(bound).isNumber()) {
                throw invalid(bound + " must be a number.");
            }
        }
        checkList(property);
        fields.optionalObject("items").ifPresent(items -> {
            items.only("type", "enum").optionalText("type", MetadefLimits.NAME).ifPresent(DefinitionRequest::checkType);
            checkList(property.path("items"));
        });
    }

    private static void checkType(String type) {
        if (!TYPES.contains(type)) {
            throw invalid("type must be one of array, boolean, integer, number, object, string.");
        }
    }

    /// Of the values that are allowed, of any type.
    private static void checkList(JsonNode holder) {
        JsonNode values = holder.path("enum");
        if (!values.isMissingNode() && (!values.isArray() || values.size() > MetadefLimits.ENTRIES)) {
            throw invalid("enum must be a list of at most " + MetadefLimits.ENTRIES + " values.");
        }
    }

    private static MetadefName name(JsonFields fields) {
        return new MetadefName(fields.text("name", MetadefLimits.NAME));
    }

    private static Draft draft(Kind kind, MetadefName name, @Nullable JsonNode body) {
        ObjectNode content = present(body).deepCopy();
        content.remove("name");
        String json = content.toString();
        if (json.length() > MetadefLimits.CONTENT) {
            throw invalid("a definition has more than " + MetadefLimits.CONTENT + " characters.");
        }
        return new Draft(kind, name, new Definition.Content(json));
    }

    private static JsonNode present(@Nullable JsonNode body) {
        if (body == null) {
            throw invalid("the request body must be a JSON object.");
        }
        return body;
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, "Invalid input: " + message);
    }
}
