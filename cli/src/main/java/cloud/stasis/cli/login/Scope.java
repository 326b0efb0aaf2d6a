package cloud.stasis.cli.login;

/// What a token is for.
sealed interface Scope {
    record ProjectById(String id) implements Scope {}

    record ProjectByName(String name, Domain domain) implements Scope {}

    /// Whatever the credential stands for by itself.
    record Unscoped() implements Scope {}
}
