package cloud.stasis.cli.screen;

import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/// Trees as JSON or YAML text that is safe on a terminal: what [SafeText] calls dangerous stands as its escape, which
/// both formats read as the same character. The data is therefore unchanged.
final class Documents {
    private Documents() {}

    static String json(JsonNode tree) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
        try {
            return escape(Json.mapper().writer(printer).writeValueAsString(tree)) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree in memory could not be written", impossible);
        }
    }

    static String yaml(JsonNode tree) {
        // Every string is double-quoted, the only YAML style that has escapes.
        YAMLMapper mapper = YAMLMapper.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .disable(YAMLGenerator.Feature.SPLIT_LINES)
                .build();
        try {
            return escape(mapper.writeValueAsString(tree));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree in memory could not be written", impossible);
        }
    }

    /// Line feeds are the document's own; the writers have escaped those of the data.
    private static String escape(String document) {
        if (document.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7f))) {
            return document;
        }
        StringBuilder safe = new StringBuilder(document.length() + 64);
        document.codePoints().forEach(point -> {
            if (point == '\n' || !SafeText.isDangerous(point)) {
                safe.appendCodePoint(point);
            } else {
                for (char unit : Character.toChars(point)) {
                    safe.append(String.format("\\u%04x", (int) unit));
                }
            }
        });
        return safe.toString();
    }
}
