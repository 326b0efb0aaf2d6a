package cloud.stasis.launcher.process;

import cloud.stasis.launcher.settings.Port;
import cloud.stasis.launcher.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Who listens on a port, as far as `/proc` tells.
public final class PortHolder {
    private static final String LISTENING = "0A";

    private PortHolder() {}

    public static boolean free(Port port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(Settings.LOOPBACK), port.number()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// For people: pid and command of the holder; empty when it cannot be seen.
    public static Optional<String> describe(Port port) {
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            Optional<String> holder = listenerInode(Path.of(table), port).flatMap(PortHolder::processOfSocket);
            if (holder.isPresent()) {
                return holder;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> listenerInode(Path table, Port port) {
        String suffix = ":%04X".formatted(port.number());
        try {
            return Files.readAllLines(table).stream()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(fields -> fields.length > 9 && fields[1].endsWith(suffix) && fields[3].equals(LISTENING))
                    .map(fields -> fields[9])
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> processOfSocket(String inode) {
        String target = "socket:[" + inode + "]";
        return ProcessHandle.allProcesses()
                .filter(process -> holds(process.pid(), target))
                .map(process -> "pid " + process.pid() + " (" + name(process.pid()) + ")")
                .findFirst();
    }

    private static boolean holds(long pid, String target) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path descriptor : descriptors) {
                if (linksTo(descriptor, target)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // Ended meanwhile, or somebody else's: then it is not ours to see.
        }
        return false;
    }

    private static boolean linksTo(Path descriptor, String target) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals(target);
        } catch (IOException e) {
            return false;
        }
    }

    private static String name(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "comm"))
                    .strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
