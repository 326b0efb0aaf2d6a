package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.Port;
import cloud.stasis.launcher.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/// Whether a part does its work: asked in the way in which its users will ask it. One call takes seconds at
/// most.
@FunctionalInterface
public interface Readiness {
    Duration PATIENCE = Duration.ofSeconds(3);

    boolean ready();

    /// A daemon that accepts connections on a Unix socket.
    record OnSocket(Path socket) implements Readiness {
        @Override
        public boolean ready() {
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                return channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                return false;
            }
        }
    }

    /// libvirt that has finished looking at its QEMU, which takes a while at the first start on a machine.
    record OfHypervisor(Path socket, String uri) implements Readiness {
        @Override
        public boolean ready() {
            return new OnSocket(socket).ready() && answersVirsh();
        }

        private boolean answersVirsh() {
            try {
                Process virsh = new ProcessBuilder("virsh", "-q", "-c", uri, "version")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (!virsh.waitFor(Duration.ofSeconds(30))) {
                    virsh.destroyForcibly();
                    return false;
                }
                return virsh.exitValue() == 0;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /// A broker that knows itself as part of the cluster.
    record OfBroker(Port port) implements Readiness {
        @Override
        public boolean ready() {
            // The admin client starts threads and retries inside: not worth it before somebody listens.
            return accepts(port) && describesCluster();
        }

        private boolean describesCluster() {
            Map<String, Object> configuration = Map.of(
                    AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                    port.address(),
                    AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    Math.toIntExact(PATIENCE.toMillis()),
                    AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                    Math.toIntExact(PATIENCE.toMillis()));
            try (Admin admin = Admin.create(configuration)) {
                return !admin.describeCluster()
                        .nodes()
                        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                        .isEmpty();
            } catch (ExecutionException | TimeoutException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /// A database that lets the cloud's own user in.
    record OfDatabase(Port port, DatabaseAccess access) implements Readiness {
        @Override
        public boolean ready() {
            if (!accepts(port)) {
                return false;
            }
            try (Connection connection =
                    DriverManager.getConnection(access.url(port), access.user(), access.password())) {
                return connection.isValid(Math.toIntExact(PATIENCE.toSeconds()));
            } catch (SQLException e) {
                return false;
            }
        }
    }

    /// A service whose own health checks all pass.
    record OfService(Port port) implements Readiness {
        @Override
        public boolean ready() {
            return accepts(port) && isHealthy(port.url(), HttpClient.newBuilder());
        }
    }

    /// The same behind TLS.
    ///
    /// @param authority that signed its certificate
    record OfSecureService(Port port, Path authority) implements Readiness {
        @Override
        public boolean ready() {
            return accepts(port)
                    && isHealthy(port.secureUrl(), HttpClient.newBuilder().sslContext(trusting()));
        }

        private SSLContext trusting() {
            try (InputStream pem = Files.newInputStream(authority)) {
                KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
                trusted.load(null, null);
                trusted.setCertificateEntry(
                        "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
                TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(trusted);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, trust.getTrustManagers(), null);
                return context;
            } catch (IOException | GeneralSecurityException e) {
                throw new LaunchException("Cannot read " + authority + ": " + e, e);
            }
        }
    }

    private static boolean isHealthy(String url, HttpClient.Builder clients) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/q/health/ready"))
                .timeout(PATIENCE)
                .build();
        try (HttpClient client = clients.connectTimeout(PATIENCE).build()) {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean accepts(Port port) {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(Settings.LOOPBACK, port.number()), Math.toIntExact(PATIENCE.toMillis()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
