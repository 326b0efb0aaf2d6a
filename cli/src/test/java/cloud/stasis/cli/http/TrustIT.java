package cloud.stasis.cli.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.cli.failure.Failure;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a server with a certificate that nobody knows.
class TrustIT {
    private static final String PASSWORD = "changeit";

    @TempDir
    static Path directory;

    private static HttpsServer server;

    @BeforeAll
    static void startServer() throws Exception {
        Path keys = directory.resolve("keys.p12");
        keytool(keys, "-genkeypair", "-alias", "s", "-keyalg", "EC", "-dname", "CN=test", "-ext", "san=ip:127.0.0.1");
        keytool(keys, "-exportcert", "-alias", "s", "-rfc", "-file", pem().toString());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    static void stopServer() {
        server.stop(0);
    }

    private static Path pem() {
        return directory.resolve("authority.pem");
    }

    private static void keytool(Path keys, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin/keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", keys.toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static int ask(Trust trust, String host) {
        URI target = URI.create("https://" + host + ":" + server.getAddress().getPort() + "/");
        return new Wire(trust, Trace.NONE)
                .send(new Request(Method.GET, target, Map.of(), Body.NONE))
                .status();
    }

    @Test
    void anUnknownAuthorityIsRefusedWithAdvice() {
        assertThatThrownBy(() -> ask(Trust.PLATFORM, "127.0.0.1"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("OS_CACERT");
    }

    @Test
    void theNamedAuthorityIsBelieved() {
        assertThat(ask(new Trust.Authorities(pem()), "127.0.0.1")).isEqualTo(200);
    }

    @Test
    void theNamedAuthorityIsNotBelievedForAnotherHost() {
        assertThatThrownBy(() -> ask(new Trust.Authorities(pem()), "localhost")).isInstanceOf(Failure.class);
    }

    @Test
    void everyoneIsBelievedWhenAskedFor() {
        assertThat(ask(new Trust.Everyone(), "localhost")).isEqualTo(200);
    }

    @Test
    void anUnusableFileOfAuthoritiesIsAClearError() throws IOException {
        Path nonsense = Files.writeString(directory.resolve("nonsense.pem"), "nonsense");

        assertThatThrownBy(() -> ask(new Trust.Authorities(nonsense), "127.0.0.1"))
                .hasMessageContaining("nonsense.pem")
                .hasMessageContaining("OS_CACERT");
        assertThatThrownBy(() -> ask(new Trust.Authorities(directory.resolve("missing")), "127.0.0.1"))
                .hasMessageContaining("cannot be used");
    }
}
