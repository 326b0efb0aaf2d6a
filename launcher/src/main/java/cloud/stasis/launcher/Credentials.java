package cloud.stasis.launcher;

import cloud.stasis.launcher.parts.Certificates;
import cloud.stasis.launcher.parts.Parts;
import cloud.stasis.launcher.settings.EnvFile;
import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.Secrets;
import cloud.stasis.launcher.settings.Settings;
import java.nio.file.Path;
import java.util.Optional;

/// How OpenStack clients get in: the same facts as exports for a shell and as `clouds.yaml`.
///
/// @param authority who signed the gateway's certificate, if it has one
record Credentials(String identityUrl, String region, Secrets secrets, Optional<Path> authority) {
    static Credentials of(Settings settings, Secrets secrets) {
        return new Credentials(
                Parts.publicUrl(settings) + "/identity/v3",
                settings.text("STASIS_REGION", "RegionOne"),
                secrets,
                Certificates.wanted(settings)
                        ? Optional.of(Certificates.authority(settings.home()))
                        : Optional.empty());
    }

    void write(Home home) {
        EnvFile.writePrivately(
                home.openrc(),
                """
                export OS_AUTH_URL=%s
                export OS_USERNAME=admin
                export OS_PASSWORD=%s
                export OS_PROJECT_NAME=admin
                export OS_USER_DOMAIN_NAME=Default
                export OS_PROJECT_DOMAIN_NAME=Default
                export OS_REGION_NAME=%s
                export OS_IDENTITY_API_VERSION=3
                """.formatted(identityUrl, secrets.adminPassword(), region)
                        + authority.map("export OS_CACERT=%s\n"::formatted).orElse(""));
        EnvFile.writePrivately(
                home.cloudsYaml(),
                """
                clouds:
                  stasis:
                    auth:
                      auth_url: "%s"
                      username: "admin"
                      password: "%s"
                      project_name: "admin"
                      user_domain_name: "Default"
                      project_domain_name: "Default"
                    region_name: "%s"
                    identity_api_version: 3
                """.formatted(identityUrl, secrets.adminPassword(), region)
                        + authority.map("    cacert: \"%s\"\n"::formatted).orElse(""));
    }
}
