package cloud.stasis.gateway.identity;

import java.util.Optional;

/// What somebody may be on a scope.
///
/// @param domain that it is private to; only a role without one ever stands in a token
public record Role(RoleId id, Optional<DomainId> domain, String name, String description) {
    /// May do everything.
    public static final String ADMIN = "admin";
    /// May use and change what is the project's.
    public static final String MEMBER = "member";
    /// May look at what is the project's.
    public static final String READER = "reader";
    /// Other services of the cloud.
    public static final String SERVICE = "service";
}
