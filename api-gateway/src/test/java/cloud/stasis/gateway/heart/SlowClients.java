package cloud.stasis.gateway.heart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Connections that begin a request and do not go on: half of them stop in the head, half in the body.
record SlowClients(List<Socket> heads, List<Socket> bodies) implements AutoCloseable {
    static SlowClients of(URI address, int many) {
        SlowClients slow = new SlowClients(new ArrayList<>(), new ArrayList<>());
        for (int at = 0; at < many / 2; at++) {
            slow.heads.add(begun(address, "GET /compute/v2.1/servers HTTP/1.1\r\nHost: x\r\nX-Slow: "));
            slow.bodies.add(begun(
                    address,
                    "POST /identity/v3/auth/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 1000\r\n\r\n{\"auth\": "));
        }
        return slow;
    }

    @Override
    public void close() {
        heads.forEach(SlowClients::close);
        bodies.forEach(SlowClients::close);
    }

    private static Socket begun(URI address, String request) {
        try {
            Socket socket = new Socket(address.getHost(), address.getPort());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
