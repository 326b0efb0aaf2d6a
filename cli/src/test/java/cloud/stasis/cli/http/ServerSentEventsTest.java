package cloud.stasis.cli.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ServerSentEventsTest {
    private static ServerSentEvents of(String text) {
        return new ServerSentEvents(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void commentsNamesAndIdsAreSkipped() throws IOException {
        ServerSentEvents events = of(": hello\n\nevent: job\nid: 7\ndata: one\n\n:\n\ndata:two\r\n\r\n");

        assertThat(events.next()).contains("one");
        assertThat(events.next()).contains("two");
        assertThat(events.next()).isEmpty();
    }

    @Test
    void dataLinesOfOneEventAreJoined() throws IOException {
        assertThat(of("data: {\ndata: }\n\n").next()).contains("{\n}");
    }

    @Test
    void anEventCutOffInTheMiddleIsNone() throws IOException {
        assertThat(of("data: half").next()).isEmpty();
        assertThat(of("data: whole line\n").next()).isEmpty();
    }

    @Test
    void aLineWithoutEndIsRefused() {
        ServerSentEvents events = of("data: " + "x".repeat(100_000));

        assertThatThrownBy(events::next).isInstanceOf(IOException.class);
    }
}
