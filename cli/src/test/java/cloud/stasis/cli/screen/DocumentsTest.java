package cloud.stasis.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class DocumentsTest {
    private static final JsonNode HOSTILE = Json.object()
            .put("name", "a\u001b[2J\u009b1m\u202eb\u2028c\n\"d\"")
            .put("plain", "gr\u00f6\u00dfe: \u8cc7\u6599");

    @Test
    void hostileTextIsEscapedInJsonAndUnchangedAsData() throws IOException {
        String json = Documents.json(HOSTILE);

        assertThat(json.codePoints().filter(point -> point != '\n')).noneMatch(SafeText::isDangerous);
        assertThat(new ObjectMapper().readTree(json)).isEqualTo(HOSTILE);
    }

    @Test
    void hostileTextIsEscapedInYamlAndUnchangedAsData() throws IOException {
        String yaml = Documents.yaml(HOSTILE);

        assertThat(yaml.codePoints().filter(point -> point != '\n')).noneMatch(SafeText::isDangerous);
        assertThat(new YAMLMapper().readTree(yaml)).isEqualTo(HOSTILE);
    }
}
