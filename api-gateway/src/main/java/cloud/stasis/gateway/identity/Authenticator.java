package cloud.stasis.gateway.identity;

import java.util.Optional;

/// Turns the text of a token into what it says, if it is valid now: not forged, not expired, not revoked, and its
/// user, project and domains enabled.
public interface Authenticator {
    /// Longest token text that is looked at, in characters.
    int MAX_TOKEN_LENGTH = 4096;

    /// Never blocks: answers only for tokens that were found valid a moment ago.
    Optional<Token> cached(String token);

    /// May ask the database, so call it on a thread that may block. Empty if the token is not valid, whatever the
    /// reason: the caller of the API is not told why.
    Optional<Token> token(String token);

    /// The project-scoped caller behind a token, for code that is not behind the HTTP gate.
    default Optional<Caller> authenticate(String token, String requestId) {
        return token(token).map(valid -> valid.caller(requestId));
    }
}
