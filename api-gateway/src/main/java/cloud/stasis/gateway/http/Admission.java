package cloud.stasis.gateway.http;

import cloud.stasis.gateway.identity.Role;
import cloud.stasis.gateway.identity.Scope;
import cloud.stasis.gateway.identity.Token;
import java.util.Locale;

/// Whom a door lets in, as `policy.txt` says it.
public enum Admission {
    /// Everybody, without a token.
    OPEN,
    /// Every valid token: the door itself looks whose the thing is.
    TOKEN,
    /// Who looks at the whole deployment: admin, or any role on the system.
    OVERSEER,
    READER,
    MEMBER,
    ADMIN;

    public boolean admits(Token token) {
        boolean admin = token.hasRole(Role.ADMIN);
        return switch (this) {
            case OPEN, TOKEN -> true;
            case OVERSEER -> admin || token.scope() instanceof Scope.System;
            case READER -> admin || token.hasRole(Role.MEMBER) || token.hasRole(Role.READER);
            case MEMBER -> admin || token.hasRole(Role.MEMBER);
            case ADMIN -> admin;
        };
    }

    /// As the table writes it.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
