package cloud.stasis.cli.screen;

import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Prints results in the format that was asked for.
public record Output(Terminal terminal, Format format) {

    /// Something that the API gave, whose tree is printed as it came.
    public interface Shown {
        JsonNode json();
    }

    /// One line of a property table.
    public record Property(String name, String value) {}

    private static final List<Column<Property>> PROPERTIES = List.of(
            new Column<>("Property", Property::name, Column.Align.LEFT, true, cell -> Paint.PLAIN),
            Column.of("Value", Property::value));

    public <R extends Shown> void list(List<Column<R>> columns, List<R> rows) {
        if (format == Format.TABLE) {
            print(new Table<>(columns).render(rows, fit(), terminal.features().colour()));
        } else {
            ArrayNode all = JsonNodeFactory.instance.arrayNode(rows.size());
            rows.forEach(row -> all.add(row.json()));
            document(all);
        }
    }

    /// @param properties how it is shown in a table
    public void one(Shown resource, List<Property> properties) {
        if (format == Format.TABLE) {
            properties(properties);
        } else {
            document(resource.json());
        }
    }

    public void properties(List<Property> properties) {
        print(new Table<>(PROPERTIES).render(properties, fit(), false));
    }

    /// A further table below a property table; nothing in the other formats, whose documents have it already.
    public <R> void appendix(String title, List<Column<R>> columns, List<R> rows) {
        if (format == Format.TABLE && !rows.isEmpty()) {
            print(title + "\n"
                    + new Table<>(columns)
                            .render(rows, fit(), terminal.features().colour()));
        }
    }

    /// A sentence about what was done; nothing in the other formats.
    public void say(String sentence) {
        if (format == Format.TABLE) {
            print(SafeText.line(sentence) + "\n");
        }
    }

    public void document(JsonNode tree) {
        print(format == Format.YAML ? Documents.yaml(tree) : Documents.json(tree));
    }

    /// Text that has been made safe already.
    public void print(String text) {
        terminal.out().print(text);
        terminal.out().flush();
    }

    /// The compact JSON of a nested value in a table.
    public static String compact(JsonNode value) {
        return value.isValueNode()
                ? (value.isNull() ? "" : value.asText())
                : new String(Json.bytes(value), StandardCharsets.UTF_8);
    }

    private int fit() {
        return terminal.features().outFits() ? terminal.features().width() : Integer.MAX_VALUE;
    }
}
