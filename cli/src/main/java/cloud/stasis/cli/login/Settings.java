package cloud.stasis.cli.login;

import cloud.stasis.cli.http.Trust;
import java.net.URI;
import java.util.Optional;

/// Where the cloud is, who calls, and for which project.
///
/// @param identity address of the identity API, always ending in `/v3`
/// @param endpointInterface `public`, `internal` or `admin`
public record Settings(
        URI identity,
        Credential credential,
        Scope scope,
        Optional<String> region,
        String endpointInterface,
        Trust trust) {

    /// The same with a password that was asked for.
    Settings withCredential(Credential asked) {
        return new Settings(identity, asked, scope, region, endpointInterface, trust);
    }
}
