package cloud.stasis.cli.http;

import cloud.stasis.cli.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Whom an https connection believes. Decided when the first such connection is opened, since loading the JDK's TLS
/// costs what a plain connection need not pay.
public sealed interface Trust {
    /// The authorities that the JDK knows.
    Trust PLATFORM = new Platform();

    void applyTo(HttpsURLConnection connection);

    record Platform() implements Trust {
        @Override
        public void applyTo(HttpsURLConnection connection) {}
    }

    /// Only the authorities in a PEM file (`OS_CACERT`).
    record Authorities(Path file) implements Trust {
        @Override
        public void applyTo(HttpsURLConnection connection) {
            try (InputStream pem = Files.newInputStream(file)) {
                KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
                store.load(null, null);
                int count = 0;
                for (Certificate certificate :
                        CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                    store.setCertificateEntry("authority-" + count++, certificate);
                }
                TrustManagerFactory managers =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                managers.init(store);
                connection.setSSLSocketFactory(
                        context(managers.getTrustManagers()).getSocketFactory());
            } catch (IOException | GeneralSecurityException unusable) {
                throw Failure.command(
                        "the certificates in '" + file + "' (OS_CACERT) cannot be used: " + unusable.getMessage());
            }
        }
    }

    /// Anyone (`--insecure`, or `verify: false` in clouds.yaml).
    record Everyone() implements Trust {
        @Override
        public void applyTo(HttpsURLConnection connection) {
            try {
                connection.setSSLSocketFactory(
                        context(new TrustManager[] {new Credulous()}).getSocketFactory());
                connection.setHostnameVerifier((host, session) -> true);
            } catch (GeneralSecurityException unusable) {
                throw Failure.command("TLS cannot be set up: " + unusable.getMessage());
            }
        }
    }

    private static SSLContext context(TrustManager[] managers) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers, null);
        return context;
    }

    /// The extended kind, so that the JDK adds no check of its own.
    final class Credulous extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
