package cloud.stasis.launcher;

import cloud.stasis.launcher.parts.Parts;
import cloud.stasis.launcher.settings.EnvFile;
import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.Secrets;
import cloud.stasis.launcher.settings.Settings;

/// How OpenStack clients get in: the same facts as exports for a shell and as `clouds.yaml`.
record Credentials(String identityUrl, String region, Secrets secrets) {
    static Credentials of(Settings settings, Secrets secrets) {
        return new Credentials(
                Parts.publicUrl(settings) + "/identity/v3", settings.text("STASIS_REGION", "RegionOne"), secrets);
    }

    void write(Home home) {
        EnvFile.writePrivately(home.openrc(), """
                export OS_AUTH_URL=%s
                export OS_USERNAME=admin
                export OS_PASSWORD=%s
                export OS_PROJECT_NAME=admin
                export OS_USER_DOMAIN_NAME=Default
                export OS_PROJECT_DOMAIN_NAME=Default
                export OS_REGION_NAME=%s
                export OS_IDENTITY_API_VERSION=3
                """.formatted(identityUrl, secrets.adminPassword(), region));
        EnvFile.writePrivately(home.cloudsYaml(), """
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
                """.formatted(identityUrl, secrets.adminPassword(), region));
    }
}
