package cloud.stasis.cli.login;

import java.util.Optional;

/// How the caller proves who they are.
sealed interface Credential {
    /// The password is empty when it is to be asked for.
    record Password(User user, Optional<Secret> password) implements Credential {}

    record Token(Secret token) implements Credential {}

    record ApplicationCredentialById(String id, Secret secret) implements Credential {}

    record ApplicationCredentialByName(String name, User user, Secret secret) implements Credential {}

    sealed interface User {
        record ById(String id) implements User {}

        record ByName(String name, Domain domain) implements User {}
    }

    /// What a wrong value is noticed by; empty for a password that is yet to be asked for.
    default Optional<Secret> proof() {
        return switch (this) {
            case Password password -> password.password();
            case Token token -> Optional.of(token.token());
            case ApplicationCredentialById credential -> Optional.of(credential.secret());
            case ApplicationCredentialByName credential -> Optional.of(credential.secret());
        };
    }
}
