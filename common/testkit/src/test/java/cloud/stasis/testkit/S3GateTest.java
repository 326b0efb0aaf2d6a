package cloud.stasis.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the gate passes on of connections that end when they should not. A client that is told of a longer answer
/// than there is waits for as long as it is patient.
class S3GateTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String GET = "GET /bucket/key HTTP/1.1\r\nHost: here\r\n\r\n";

    private final BlockingQueue<String> asked = new ArrayBlockingQueue<>(10);
    private volatile String answer = "";
    private ServerSocket server;
    private S3Gate gate;

    @BeforeEach
    void open() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        gate = new S3Gate(URI.create("http://127.0.0.1:" + server.getLocalPort()));
        Thread.ofVirtual().start(this::serve);
    }

    @AfterEach
    void close() throws IOException {
        gate.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 2",
                "HTTP/1.1 200 OK\r\nETag: some\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf ",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf \r\n"
            })
    void aServerThatEndsInTheMiddleOfItsAnswerIsSeenToEnd(String half) throws IOException {
        answer = half;

        assertThat(answerTo(GET)).isEmpty();
    }

    @Test
    void anAnswerThatEndsWithItsConnectionIsWhole() throws IOException {
        answer = "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n<Error/>";

        assertThat(answerTo(GET))
                .isEqualTo("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 8\r\n\r\n<Error/>");
    }

    @Test
    void aClientThatGivesUpInTheMiddleOfItsBodyAsksNothing() throws Exception {
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

        assertThat(answerTo("PUT /bucket/half HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf of it"))
                .isEmpty();
        answerTo(GET);

        assertThat(asked.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("GET /bucket/key HTTP/1.1");
    }

    /// Everything that comes until the gate ends the connection.
    private String answerTo(String request) throws IOException {
        try (Socket client = new Socket(gate.uri().getHost(), gate.uri().getPort())) {
            client.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            client.shutdownOutput();
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /// Answers the first line of what it is asked, and ends the connection.
    private void serve() {
        while (!server.isClosed()) {
            try (Socket from = server.accept()) {
                InputStream in = from.getInputStream();
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    head.append((char) in.read());
                }
                asked.add(head.substring(0, head.indexOf("\r\n")));
                from.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                // The gate went away, or the test has ended.
            }
        }
    }
}
