package cloud.stasis.launcher.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.Settings;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesIT {
    @TempDir
    Path directory;

    @Test
    void theCertificateIsSignedByTheAuthorityAndHasTheNamesOfTheGateway() throws Exception {
        Settings settings = settings(Map.of("STASIS_PUBLIC_URL", "https://cloud.example:443"));
        Certificates certificates = new Certificates(settings);

        certificates.ensure();

        X509Certificate authority = read(Certificates.authority(settings.home()));
        X509Certificate certificate = read(certificates.certificate());
        certificate.verify(authority.getPublicKey());
        certificate.checkValidity();
        assertThat(authority.getBasicConstraints()).isZero();
        assertThat(certificate.getBasicConstraints()).isNegative();
        assertThat(certificate.getSubjectAlternativeNames())
                .extracting(name -> String.valueOf(name.get(1)))
                .containsExactlyInAnyOrder("cloud.example", "localhost", "127.0.0.1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(certificates.key())))
                .isEqualTo("rw-------");
    }

    @Test
    void theCertificateIsKeptUntilItsNamesChangeAndTheAuthorityForEver() throws Exception {
        Settings settings = settings(Map.of());
        new Certificates(settings).ensure();
        X509Certificate authority = read(Certificates.authority(settings.home()));
        X509Certificate first = read(new Certificates(settings).certificate());

        new Certificates(settings).ensure();
        assertThat(read(new Certificates(settings).certificate())).isEqualTo(first);

        Certificates moved = new Certificates(settings(Map.of("STASIS_PUBLIC_URL", "https://elsewhere.example")));
        moved.ensure();
        assertThat(read(moved.certificate())).isNotEqualTo(first);
        assertThat(read(Certificates.authority(settings.home()))).isEqualTo(authority);
    }

    @Test
    void theSettingIsOnOrOff() {
        assertThat(Certificates.wanted(settings(Map.of()))).isTrue();
        assertThat(Certificates.wanted(settings(Map.of("STASIS_TLS", "off")))).isFalse();
        assertThat(Parts.publicUrl(settings(Map.of("STASIS_PORT_GATEWAY", "5800"))))
                .isEqualTo("https://127.0.0.1:5800");
        assertThatThrownBy(() -> Certificates.wanted(settings(Map.of("STASIS_TLS", "perhaps"))))
                .isInstanceOf(LaunchException.class);
    }

    private Settings settings(Map<String, String> others) {
        Map<String, String> environment = new HashMap<>(
                Map.of(Settings.HOME_VARIABLE, directory.resolve("home").toString(), "STASIS_TLS", "on"));
        environment.putAll(others);
        Settings settings = Settings.of(environment);
        settings.home().create();
        return settings;
    }

    private static X509Certificate read(Path file) throws Exception {
        try (InputStream pem = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
        }
    }
}
