package cloud.stasis.cli.verb;

import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.screen.Output;
import cloud.stasis.cli.screen.Output.Property;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// A resource as the Property/Value table that novaclient prints: its fields by name, nested ones as compact JSON.
public final class PropertyRows {
    /// Addresses of the API are for programs; a password must never be shown.
    private static final Set<String> LEFT_OUT = Set.of("links", "adminPass", "self", "file", "schema");

    private PropertyRows() {}

    public static List<Property> of(JsonNode resource) {
        List<Property> rows = new ArrayList<>();
        resource.properties().forEach(field -> {
            if (!LEFT_OUT.contains(field.getKey())) {
                rows.add(new Property(field.getKey(), value(field.getValue())));
            }
        });
        rows.sort(Comparator.comparing(Property::name));
        return rows;
    }

    /// Nested things without their links; if only an id is left, the id.
    private static String value(JsonNode value) {
        if (!(value instanceof ObjectNode object) || !object.has("links")) {
            return Output.compact(value);
        }
        ObjectNode plain = object.deepCopy();
        plain.remove("links");
        return plain.size() == 1 && plain.has("id") ? Json.text(plain, "id") : Output.compact(plain);
    }
}
