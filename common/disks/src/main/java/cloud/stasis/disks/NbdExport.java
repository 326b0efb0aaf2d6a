package cloud.stasis.disks;

import java.nio.file.Path;

/// Where an NBD server listens, and which of its exports is meant.
public record NbdExport(Path socket, String name) {
    /// What the kernel allows for the path of a Unix socket (108 with its ending zero).
    public static final int MAX_SOCKET_PATH = 107;

    public NbdExport {
        if (socket.toString().length() > MAX_SOCKET_PATH) {
            throw new IllegalArgumentException("socket path is longer than " + MAX_SOCKET_PATH + ": " + socket);
        }
    }
}
