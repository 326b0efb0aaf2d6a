package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Tenant;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Clients that hold connections and do little with them.
@QuarkusTest
class ConnectionsIT {
    private static final Duration HEAD_DEADLINE =
            ConfigProvider.getConfig().getValue("stasis.connections.head-deadline", Duration.class);
    private static final int MOST = ConfigProvider.getConfig().getValue("stasis.connections.most", Integer.class);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// Forty answers, with much else to do.
    private static final Duration PROMPTLY = Duration.ofSeconds(30);
    /// Between the bytes of somebody who sends slowly.
    private static final int TRICKLE_MILLIS = 200;

    private static final int IDLE = 1200;
    private static final String OPEN = "GET /identity/v3 HTTP/1.1\r\nHost: x\r\n\r\n";

    private final TestCloud cloud = new TestCloud();
    private final Deque<Socket> sockets = new ArrayDeque<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void aHeadThatTricklesIsCutOff() throws Exception {
        Socket slow = connect();
        send(slow, "GET /identity/v3 HTTP/1.1\r\nHost: x\r\nX-Slow: ");

        assertThat(trickledUntilClosed(slow)).isBetween(HEAD_DEADLINE.dividedBy(2), HEAD_DEADLINE.multipliedBy(4));
    }

    @Test
    void soIsTheHeadOfALaterRequestAndAConnectionThatSaysNothing() throws Exception {
        Socket slow = connect();
        send(slow, OPEN);
        assertThat(status(slow)).isEqualTo(200);
        slow.getInputStream().skipNBytes(slow.getInputStream().available());
        Socket silent = connect();

        send(slow, "GET /identity/v3 HTTP/1.1\r\nX-Slow: ");
        assertThat(trickledUntilClosed(slow)).isLessThan(HEAD_DEADLINE.multipliedBy(4));
        silent.setSoTimeout((int) PATIENCE.toMillis());
        assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aBodyMayTakeLongerThanAHead() throws Exception {
        Socket slow = connect();
        slow.setSoTimeout(TRICKLE_MILLIS);
        int length = (int) (HEAD_DEADLINE.multipliedBy(2).toMillis() / TRICKLE_MILLIS);
        send(
                slow,
                "POST /identity/v3/auth/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + length + "\r\n\r\n");
        for (int sent = 0; sent < length; sent++) {
            assertThat(answered(slow)).isFalse();
            send(slow, " ");
        }
        slow.setSoTimeout((int) PATIENCE.toMillis());

        assertThat(status(slow)).isEqualTo(400);
    }

    @Test
    void manyIdleAndHalfClosedConnectionsKeepNobodyElseFromAnswers() throws Exception {
        Tenant tenant = cloud.tenant("member");
        String image = cloud.post(
                        tenant.token(),
                        "/image/v2/images",
                        "{\"name\": \"half\", \"disk_format\": \"raw\", \"container_format\": \"bare\"}")
                .expect(201)
                .json()
                .path("id")
                .asText();
        for (int number = 0; number < IDLE; number++) {
            Socket idle = connect();
            send(idle, OPEN);
        }
        for (int number = 0; number < 100; number++) {
            Socket half = connect();
            send(
                    half,
                    "PUT /image/v2/images/" + image + "/file HTTP/1.1\r\nHost: x\r\nX-Auth-Token: " + tenant.token()
                            + "\r\nContent-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\nhalf");
            half.shutdownOutput();
        }

        Instant begun = Instant.now();
        for (int number = 0; number < 20; number++) {
            cloud.get(tenant.token(), "/image/v2/images/" + image).expect(200);
            cloud.get(tenant.token(), "/compute/v2.1/servers").expect(200);
        }
        assertThat(Duration.between(begun, Instant.now())).isLessThan(PROMPTLY);
    }

    @Test
    void whatIsTooManyIsClosedAtOnceAndRoomComesBack() throws Exception {
        Socket refused = null;
        for (int number = 0; number <= MOST && refused == null; number++) {
            Socket socket = connect();
            refused = isServed(socket) ? null : socket;
        }
        assertThat(refused).as("one of more than " + MOST).isNotNull();

        for (int number = 0; number < 100; number++) {
            sockets.removeFirst().close();
        }
        Instant end = Instant.now().plus(PATIENCE);
        boolean served = false;
        while (!served && Instant.now().isBefore(end)) {
            served = isServed(connect());
        }
        assertThat(served).isTrue();
    }

    private boolean isServed(Socket socket) throws IOException {
        try {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            send(socket, OPEN);
            return status(socket) == 200;
        } catch (SocketException e) {
            return false;
        }
    }

    private Socket connect() throws IOException {
        URI uri = TestCloud.uri("/");
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// @return 0 if it was closed
    private static int status(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        String head = new String(in.readNBytes("HTTP/1.1 401".length()), StandardCharsets.US_ASCII);
        return head.isEmpty() ? 0 : Integer.parseInt(head.substring("HTTP/1.1 ".length()));
    }

    /// Sends a byte now and then, as long as that is possible.
    private static Duration trickledUntilClosed(Socket socket) throws IOException {
        socket.setSoTimeout(TRICKLE_MILLIS);
        Instant begun = Instant.now();
        Instant end = begun.plus(PATIENCE);
        while (Instant.now().isBefore(end)) {
            try {
                if (socket.getInputStream().read() < 0) {
                    return Duration.between(begun, Instant.now());
                }
            } catch (SocketTimeoutException e) {
                send(socket, "x");
            } catch (SocketException e) {
                return Duration.between(begun, Instant.now());
            }
        }
        throw new AssertionError("not cut off within " + PATIENCE);
    }

    /// Waits for a moment.
    private static boolean answered(Socket socket) throws IOException {
        try {
            socket.getInputStream().read();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
