package cloud.stasis.messages;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every message that ever travelled must still be read, and must still be written the same way. The samples
/// below `golden/` are never changed once released; a new version of a message brings a sample of its own. To
/// add one: run with `JAVA_TOOL_OPTIONS=-Dgolden.write=true` and look at what it wrote.
class GoldenSamplesTest {
    private static final Path DIRECTORY = Path.of("src/test/resources/golden");

    private final MessageCodec codec = new MessageCodec();
    private final ObjectMapper mapper = MessageCodec.mapper().enable(SerializationFeature.INDENT_OUTPUT);

    static List<Message> samples() {
        return Samples.oneOfEach();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isReadAndWrittenAsItEverWas(Message sample) throws IOException {
        MessageType type = MessageType.of(sample);
        Path file = DIRECTORY.resolve(type.wireName().replace('/', '-') + ".json");
        if (Boolean.getBoolean("golden.write") && !Files.exists(file)) {
            Files.write(file, mapper.writeValueAsBytes(mapper.readTree(codec.encode(sample))));
        }

        byte[] golden = Files.readAllBytes(file);

        assertThat(codec.decode(type, golden)).isEqualTo(sample);
        assertThat(mapper.readTree(codec.encode(sample))).isEqualTo(mapper.readTree(golden));
    }

    @ParameterizedTest
    @MethodSource("allTypes")
    void hasASample(MessageType type) {
        assertThat(samples()).anyMatch(sample -> MessageType.of(sample) == type);
    }

    static List<MessageType> allTypes() {
        return List.of(MessageType.values());
    }
}
