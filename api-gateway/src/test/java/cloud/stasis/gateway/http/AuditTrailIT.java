package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class AuditTrailIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final TestCloud cloud = new TestCloud();
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Formatter message = new PatternFormatter("%s");
    private final Handler reader = new Handler() {
        @Override
        public void publish(LogRecord record) {
            lines.add(message.format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void read() {
        Logger.getLogger("audit").addHandler(reader);
    }

    @AfterEach
    void stopReading() {
        Logger.getLogger("audit").removeHandler(reader);
    }

    @Test
    void aChangeIsWrittenDownWithUserActionAndResultButNoSecret() {
        String secret = "a-secret-of-the-guest";
        Answer answer = cloud.call(
                cloud.admin(),
                "POST",
                "/compute/v2.1/servers/00000000-0000-0000-0000-000000000000/action?key=" + secret,
                "{\"os-start\": \"" + secret + "\"}");

        String line = lineOf(answer);
        assertThat(line)
                .contains("POST /compute/v2.1/servers/00000000-0000-0000-0000-000000000000/action")
                .contains("action=os-start")
                .contains("from=127.0.0.1")
                .contains("status=404")
                .doesNotContain("user=-")
                .doesNotContain(secret);
    }

    @Test
    void aRefusedLoginIsWrittenDown() {
        Answer answer = cloud.call(
                "",
                "POST",
                "/identity/v3/auth/tokens",
                "{\"auth\": {\"identity\": {\"methods\": [\"password\"], \"password\": {\"user\": {\"name\": \"admin\","
                        + " \"domain\": {\"id\": \"default\"}, \"password\": \"wrong\"}}}}}");

        assertThat(lineOf(answer)).contains("user=-").contains("status=401").doesNotContain("wrong");
    }

    @Test
    void readingIsNot() {
        Answer reading = cloud.get(cloud.admin(), "/compute/v2.1/servers").expect(200);
        lineOf(cloud.call(cloud.admin(), "DELETE", "/image/v2/images/unknown", null));

        assertThat(lines).noneMatch(line -> line.contains(reading.header("x-openstack-request-id")));
    }

    /// It is written after the answer has been sent.
    private String lineOf(Answer answer) {
        String id = answer.header("x-openstack-request-id");
        Instant end = Instant.now().plus(SOON);
        while (Instant.now().isBefore(end)) {
            for (String line : lines) {
                if (line.contains(id)) {
                    return line;
                }
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("no line for " + id + " in " + lines);
    }
}
