package cloud.stasis.cli.verb;

import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.screen.Output;
import cloud.stasis.cli.screen.Output.Property;
import com.fasterxml.jackson.databind.JsonNode;
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
                rows.add(new Property(field.getKey(), Output.compact(field.getValue())));
            }
        });
        rows.sort(Comparator.comparing(Property::name));
        return rows;
    }

    /// One field under another label, if it is there.
    public static void add(List<Property> rows, String label, JsonNode resource, String field) {
        String text = Json.text(resource, field);
        if (!text.isEmpty()) {
            rows.add(new Property(label, text));
        }
    }
}
