package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What no client library would send.
@QuarkusTest
class MalformedRequestsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final Formatter MESSAGE = new PatternFormatter("%s");
    private static final String END = "\r\nHost: x\r\nConnection: close\r\n\r\n";

    private final TestCloud cloud = new TestCloud();
    private final Queue<LogRecord> errors = new ConcurrentLinkedQueue<>();
    private final AtomicInteger ended = new AtomicInteger();
    private final Handler reader = new Handler() {
        @Override
        public void publish(LogRecord record) {
            if (record.getLoggerName().equals("audit")
                    && MESSAGE.format(record).startsWith("POST /identity/v3/users ")) {
                ended.incrementAndGet();
            }
            if (record.getLevel().intValue() >= Level.WARNING.intValue() || record.getThrown() != null) {
                errors.add(record);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void read() {
        Logger.getLogger("").addHandler(reader);
    }

    @AfterEach
    void nothingWasLogged() {
        Logger.getLogger("").removeHandler(reader);
        assertThat(errors)
                .extracting(record -> record.getLoggerName() + ": " + record.getMessage())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET no-slash HTTP/1.1",
                "GET compute/v2.1/servers HTTP/1.1",
                "GET  HTTP/1.1",
                "GET * HTTP/1.1",
                "GET http:// HTTP/1.1",
                "GET http://[ HTTP/1.1",
                "GET ?x=y HTTP/1.1",
                "GET /%zz HTTP/1.1",
                "GET /compute/v2.1/servers/% HTTP/1.1",
                "GET /compute/v2.1/servers/%e HTTP/1.1",
                "GET /compute/v2.1/servers HTTP/9.9.9",
                "GET /compute/v2.1/servers XYZ",
                "GET /compute/v2.1/servers",
                "G@T{} /compute/v2.1/servers HTTP/1.1",
                "GET /compute/v2.1/servers HTTP/1.1\r\nContent-Length: x",
                "GET /compute/v2.1/servers HTTP/1.1\r\nContent-Length: -1",
                "GET /compute/v2.1/servers HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2",
                "GET /compute/v2.1/servers HTTP/1.1\r\nnot a header",
                "GET /compute/v2.1/servers HTTP/1.1\r\nX-A\0B: zero",
                "\0\1\2\3"
            })
    void whatIsNoRequestIsABadOne(String request) throws Exception {
        String answer = raw(request + END);

        assertThat(answer).matches(status(400));
        checkDiscretion(answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"OPTIONS * HTTP/1.1", "CONNECT x:80 HTTP/1.1", "TRACE /compute/v2.1 HTTP/1.1", "BREW / HTTP/1.1"
            })
    void unusualMethodsAreNoFailure(String request) throws Exception {
        String answer = raw(request + END);

        assertThat(answer).matches(Pattern.compile("HTTP/1.1 40[01] .*", Pattern.DOTALL));
        checkDiscretion(answer);
    }

    @Test
    void moreThanTheLimitOfHeadersIsRefused() throws Exception {
        for (String headers : new String[] {
            "X-Long: " + "x".repeat(64 * 1024),
            "X-Some: y\r\n".repeat(8 * 1024) + "X-Last: z",
            "X-Auth-Token: " + "x".repeat(64 * 1024)
        }) {
            assertThat(raw("GET /compute/v2.1 HTTP/1.1\r\n" + headers + END)).matches(status(431));
        }
        assertThat(raw("GET /compute/v2.1?" + "x".repeat(64 * 1024) + " HTTP/1.1" + END))
                .matches(status(414));
        assertThat(raw("GET /compute/v2.1 HTTP/1.1\r\nX-Long: " + "x".repeat(8 * 1024) + END))
                .matches(status(200));
    }

    @Test
    void whoHangsUpInTheMiddleOfABodyIsNoFailureOfOurs() throws Exception {
        String token = cloud.admin();

        for (String length : new String[] {"Content-Length: 500", "Transfer-Encoding: chunked"}) {
            try (Socket socket = connect()) {
                write(
                        socket,
                        "POST /identity/v3/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Auth-Token: "
                                + token + "\r\n" + length + "\r\n\r\n"
                                + (length.endsWith("chunked") ? "8\r\n" : "") + "{\"user\":");
            }
        }
        Instant deadline = Instant.now().plus(PATIENCE);
        while (ended.get() < 2) {
            assertThat(Instant.now()).as("both requests end").isBefore(deadline);
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /// What cannot be read at all is answered as if by an older server.
    private static Pattern status(int code) {
        return Pattern.compile("HTTP/1\\.[01] " + code + " .*", Pattern.DOTALL);
    }

    private static void checkDiscretion(String answer) {
        assertThat(answer).doesNotContain("Exception", "\tat ", "io.vertx", "cloud.stasis", "java.");
    }

    /// All that the gateway says until it closes the connection.
    private static String raw(String request) throws IOException {
        try (Socket socket = connect()) {
            write(socket, request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static Socket connect() throws IOException {
        URI uri = TestCloud.uri("/");
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }
}
