package cloud.stasis.launcher;

import cloud.stasis.launcher.parts.Certificates;
import cloud.stasis.launcher.parts.Parts;
import cloud.stasis.launcher.settings.EnvFile;
import cloud.stasis.launcher.settings.ExternalKeystone;
import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.Secrets;
import cloud.stasis.launcher.settings.Settings;
import java.nio.file.Path;
import java.util.Optional;

/// How OpenStack clients get in: the same facts as exports for a shell and as `clouds.yaml`.
///
/// @param domain of both the user and the project, by name
/// @param authority who signed the gateway's certificate, if it has one
record Credentials(
        String identityUrl,
        String user,
        String password,
        String project,
        String domain,
        String region,
        Optional<Path> authority) {
    private static final String BARE = "[A-Za-z0-9_.:/@=,+-]+";

    static Credentials of(Settings settings, Secrets secrets) {
        ExternalKeystone who = ExternalKeystone.of(settings)
                .orElseGet(() -> new ExternalKeystone(
                        Parts.publicUrl(settings) + "/identity/v3",
                        "admin",
                        secrets.adminPassword(),
                        "admin",
                        "Default"));
        return new Credentials(
                who.url(),
                who.user(),
                who.password(),
                who.project(),
                who.domain(),
                settings.text("STASIS_REGION", "RegionOne"),
                Certificates.wanted(settings)
                        ? Optional.of(Certificates.authority(settings.home()))
                        : Optional.empty());
    }

    void write(Home home) {
        EnvFile.writePrivately(
                home.openrc(),
                """
                export OS_AUTH_URL=%1$s
                export OS_USERNAME=%2$s
                export OS_PASSWORD=%3$s
                export OS_PROJECT_NAME=%4$s
                export OS_USER_DOMAIN_NAME=%5$s
                export OS_PROJECT_DOMAIN_NAME=%5$s
                export OS_REGION_NAME=%6$s
                export OS_IDENTITY_API_VERSION=3
                """.formatted(
                                        forShell(identityUrl),
                                        forShell(user),
                                        forShell(password),
                                        forShell(project),
                                        forShell(domain),
                                        forShell(region))
                        + authority.map("export OS_CACERT=%s\n"::formatted).orElse(""));
        EnvFile.writePrivately(
                home.cloudsYaml(),
                """
                clouds:
                  stasis:
                    auth:
                      auth_url: "%1$s"
                      username: "%2$s"
                      password: "%3$s"
                      project_name: "%4$s"
                      user_domain_name: "%5$s"
                      project_domain_name: "%5$s"
                    region_name: "%6$s"
                    identity_api_version: 3
                """.formatted(
                                        forYaml(identityUrl),
                                        forYaml(user),
                                        forYaml(password),
                                        forYaml(project),
                                        forYaml(domain),
                                        forYaml(region))
                        + authority.map("    cacert: \"%s\"\n"::formatted).orElse(""));
    }

    /// A password of somebody's own choice may have anything in it.
    private static String forShell(String value) {
        return value.matches(BARE) ? value : "'" + value.replace("'", "'\\''") + "'";
    }

    private static String forYaml(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /// Never the password: records print themselves into logs.
    @Override
    public String toString() {
        return "Credentials[" + user + " at " + identityUrl + "]";
    }
}
