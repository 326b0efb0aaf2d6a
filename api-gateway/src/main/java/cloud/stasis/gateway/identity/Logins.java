package cloud.stasis.gateway.identity;

import cloud.stasis.gateway.identity.LoginRequest.CredentialRef;
import cloud.stasis.gateway.identity.LoginRequest.DomainRef;
import cloud.stasis.gateway.identity.LoginRequest.Proof;
import cloud.stasis.gateway.identity.LoginRequest.UserRef;
import cloud.stasis.gateway.identity.LoginRequest.WantedScope;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Checks who somebody is and issues a token.
///
/// A refusal never says why, and takes as long for an unknown user as for a wrong password: nobody learns from it
/// who exists. The database is not held while a password is hashed.
public final class Logins {
    private final Users users;
    private final Projects projects;
    private final ApplicationCredentials credentials;
    private final Passwords passwords;
    private final Tokens tokens;
    private final LoginLimits limits;
    private final PasswordHash nobodysHash;

    public Logins(
            Users users,
            Projects projects,
            ApplicationCredentials credentials,
            Passwords passwords,
            Tokens tokens,
            LoginLimits limits) {
        this.users = users;
        this.projects = projects;
        this.credentials = credentials;
        this.passwords = passwords;
        this.tokens = tokens;
        this.limits = limits;
        this.nobodysHash = passwords.hash("nobody's password");
    }

    public sealed interface Outcome {
        record Accepted(Tokens.Issued issued) implements Outcome {}

        record Refused() implements Outcome {}

        /// Too many failures lately, of this account or from this address.
        record TryLater(Duration delay) implements Outcome {}
    }

    /// @param address of the client, as far as it is known
    public Outcome login(LoginRequest request, String address) {
        List<String> accounts = request.proofs().stream()
                .flatMap(proof -> account(proof).stream())
                .toList();
        Optional<Duration> wait = limits.refused(accounts, address);
        if (wait.isPresent()) {
            return new Outcome.TryLater(wait.get());
        }
        Optional<Proved> proved = proved(request);
        if (proved.isEmpty()) {
            limits.failed(accounts, address);
            return new Outcome.Refused();
        }
        limits.succeeded(accounts, address);
        return issued(proved.get(), request.scope())
                .<Outcome>map(Outcome.Accepted::new)
                .orElseGet(Outcome.Refused::new);
    }

    /// Checks the password of a user who is logged in already, to let it be changed.
    public boolean isPasswordOf(UserId user, String password) {
        return matches(users.passwordHash(user), password);
    }

    /// Who it is, by what.
    private record Proved(
            UserId user, Set<Token.Method> methods, Optional<ApplicationCredential> credential, Optional<Token> token) {
        Proved and(Proved other) {
            Set<Token.Method> both = new HashSet<>(methods);
            both.addAll(other.methods());
            return new Proved(user, both, credential.or(other::credential), token.or(other::token));
        }
    }

    private Optional<Proved> proved(LoginRequest request) {
        Optional<Proved> all = Optional.empty();
        for (Proof proof : request.proofs()) {
            Optional<Proved> one = proved(proof);
            if (one.isEmpty()
                    || all.isPresent() && !all.get().user().equals(one.get().user())) {
                return Optional.empty();
            }
            all = all.map(before -> before.and(one.get())).or(() -> one);
        }
        return all;
    }

    private Optional<Proved> proved(Proof proof) {
        return switch (proof) {
            case Proof.ByPassword(UserRef ref, String password) -> byPassword(ref, password);
            case Proof.ByToken(String text) ->
                tokens.token(text)
                        .map(token -> new Proved(
                                token.user().id(),
                                EnumSet.of(Token.Method.TOKEN),
                                Optional.empty(),
                                Optional.of(token)));
            case Proof.ByApplicationCredential(CredentialRef ref, String secret) -> byCredential(ref, secret);
        };
    }

    private Optional<Proved> byPassword(UserRef ref, String password) {
        Optional<User> user = user(ref);
        boolean right = matches(user.flatMap(found -> users.passwordHash(found.id())), password);
        return user.filter(_ -> right)
                .map(found ->
                        new Proved(found.id(), EnumSet.of(Token.Method.PASSWORD), Optional.empty(), Optional.empty()));
    }

    private Optional<Proved> byCredential(CredentialRef ref, String secret) {
        Optional<ApplicationCredential> credential =
                switch (ref) {
                    case CredentialRef.ById(CredentialId id) -> credentials.find(id);
                    case CredentialRef.ByName(String name, UserRef owner) ->
                        user(owner).flatMap(user -> credentials.findByName(user.id(), name));
                };
        boolean right = matches(credential.map(found -> credentials.secretHash(found.id())), secret);
        return credential
                .filter(_ -> right)
                .map(found -> new Proved(
                        found.user(), EnumSet.of(Token.Method.APPLICATION_CREDENTIAL), credential, Optional.empty()));
    }

    private boolean matches(Optional<PasswordHash> hash, String password) {
        boolean right = passwords.matches(password, hash.orElse(nobodysHash));
        return right && hash.isPresent();
    }

    private Optional<Tokens.Issued> issued(Proved proved, WantedScope wanted) {
        if (proved.credential().isPresent()) {
            // Its project is fixed; to ask for another scope is a mistake that must not pass silently.
            ApplicationCredential credential = proved.credential().get();
            TokenClaims.Target project = new TokenClaims.Target.OfProject(credential.project());
            return wanted instanceof WantedScope.Unsaid
                    ? issued(proved, project, Optional.of(credential.id()))
                    : Optional.empty();
        }
        if (proved.token().flatMap(Token::applicationCredential).isPresent()) {
            // A token by application credential must not grow into one without it.
            return Optional.empty();
        }
        return switch (wanted) {
            case WantedScope.Unsaid _ -> onDefaultProject(proved);
            case WantedScope.Nothing _ -> issued(proved, new TokenClaims.Target.Nothing(), Optional.empty());
            case WantedScope.OfProject(ProjectId id) -> onProject(proved, id);
            case WantedScope.OfNamedProject(String name, DomainRef domain) ->
                domain(domain)
                        .flatMap(found ->
                                projects.findByName(new DomainId(found.id().value()), name))
                        .flatMap(project -> onProject(proved, project.id()));
            case WantedScope.OfDomain(DomainRef domain) ->
                domain(domain)
                        .flatMap(found -> issued(
                                proved,
                                new TokenClaims.Target.OfDomain(
                                        new DomainId(found.id().value())),
                                Optional.empty()));
            case WantedScope.OfSystem _ -> issued(proved, new TokenClaims.Target.OfSystem(), Optional.empty());
        };
    }

    private Optional<Tokens.Issued> onDefaultProject(Proved proved) {
        return users.find(proved.user())
                .flatMap(User::defaultProject)
                .flatMap(project -> onProject(proved, project))
                .or(() -> issued(proved, new TokenClaims.Target.Nothing(), Optional.empty()));
    }

    private Optional<Tokens.Issued> onProject(Proved proved, ProjectId project) {
        return issued(proved, new TokenClaims.Target.OfProject(project), Optional.empty());
    }

    private Optional<Tokens.Issued> issued(
            Proved proved, TokenClaims.Target target, Optional<CredentialId> credential) {
        return tokens.issue(new Tokens.Wish(proved.user(), target, proved.methods(), credential, proved.token()));
    }

    private Optional<User> user(UserRef ref) {
        return switch (ref) {
            case UserRef.ById(UserId id) -> users.find(id);
            case UserRef.ByName(String name, DomainRef domain) ->
                domain(domain)
                        .flatMap(found ->
                                users.findByName(new DomainId(found.id().value()), name));
        };
    }

    private Optional<Project> domain(DomainRef ref) {
        return switch (ref) {
            case DomainRef.ById(DomainId id) -> projects.findDomain(id);
            case DomainRef.ByName(String name) -> projects.findDomainByName(name);
        };
    }

    /// What failures are counted by: the name as it was given, whether it exists or not. A token cannot be guessed.
    private static Optional<String> account(Proof proof) {
        return switch (proof) {
            case Proof.ByPassword(UserRef user, String _) -> Optional.of(user.toString());
            case Proof.ByToken _ -> Optional.empty();
            case Proof.ByApplicationCredential(CredentialRef credential, String _) ->
                Optional.of(credential.toString());
        };
    }
}
