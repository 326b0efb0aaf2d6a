package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Accounts;
import cloud.stasis.gateway.identity.ApplicationCredentials;
import cloud.stasis.gateway.identity.Assignments;
import cloud.stasis.gateway.identity.Bootstrap;
import cloud.stasis.gateway.identity.BoundedPasswords;
import cloud.stasis.gateway.identity.Catalogue;
import cloud.stasis.gateway.identity.CatalogueEntries;
import cloud.stasis.gateway.identity.CredentialIssuer;
import cloud.stasis.gateway.identity.Entitlements;
import cloud.stasis.gateway.identity.Grants;
import cloud.stasis.gateway.identity.Groups;
import cloud.stasis.gateway.identity.LoginLimiter;
import cloud.stasis.gateway.identity.LoginLimits;
import cloud.stasis.gateway.identity.Logins;
import cloud.stasis.gateway.identity.Passwords;
import cloud.stasis.gateway.identity.Projects;
import cloud.stasis.gateway.identity.Registry;
import cloud.stasis.gateway.identity.Revocations;
import cloud.stasis.gateway.identity.Roles;
import cloud.stasis.gateway.identity.Tenancy;
import cloud.stasis.gateway.identity.TokenCatalogue;
import cloud.stasis.gateway.identity.TokenFormat;
import cloud.stasis.gateway.identity.Tokens;
import cloud.stasis.gateway.identity.UnitOfWork;
import cloud.stasis.gateway.identity.Users;
import cloud.stasis.gateway.identity.store.BcryptPasswords;
import cloud.stasis.gateway.identity.store.IdentityChanged;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.jboss.logging.Logger;

/// Puts the plain classes of the identity service together.
@Singleton
class IdentityBeans {
    private static final Logger LOG = Logger.getLogger(IdentityBeans.class);

    private final IdentityConfiguration configuration;
    private final Clock clock = Clock.systemUTC();

    IdentityBeans(IdentityConfiguration configuration) {
        this.configuration = configuration;
    }

    @Produces
    @Singleton
    Passwords passwords() {
        int atOnce = Runtime.getRuntime().availableProcessors();
        return new BoundedPasswords(new BcryptPasswords(configuration.passwordCost()), atOnce);
    }

    @Produces
    @Singleton
    Entitlements entitlements(
            Users users, Projects projects, Roles roles, Assignments assignments, ApplicationCredentials credentials) {
        return new Entitlements(users, projects, roles, assignments, credentials, clock);
    }

    /// Not to be found as the [Authenticator] of this cloud, which may be another.
    @Produces
    @Singleton
    @Typed(Tokens.class)
    Tokens tokens(Entitlements entitlements, Revocations revocations, UnitOfWork unitOfWork) {
        TokenFormat format = TokenFormat.of(configuration.tokenKey(), clock);
        return new Tokens(format, entitlements, revocations, unitOfWork, configuration.tokenLifetime(), clock);
    }

    @Produces
    @Singleton
    Logins logins(
            Users users, Projects projects, ApplicationCredentials credentials, Passwords passwords, Tokens tokens) {
        return new Logins(
                users,
                projects,
                credentials,
                passwords,
                tokens,
                new LoginLimits(
                        limiter(configuration.failuresPerAddress()),
                        limiter(configuration.failuresPerAccount()),
                        limiter(configuration.failuresPerAccountAnywhere())));
    }

    private LoginLimiter limiter(int failures) {
        return new LoginLimiter(failures, configuration.failureWindow(), clock);
    }

    @Produces
    @Singleton
    Tenancy tenancy(Projects projects) {
        return new Tenancy(projects);
    }

    @Produces
    @Singleton
    Accounts accounts(Users users, Projects projects, Passwords passwords, UnitOfWork unitOfWork) {
        return new Accounts(users, projects, passwords, unitOfWork);
    }

    @Produces
    @Singleton
    Grants grants(Projects projects, Groups groups, Roles roles, Assignments assignments) {
        return new Grants(projects, groups, roles, assignments);
    }

    @Produces
    @Singleton
    CredentialIssuer credentialIssuer(ApplicationCredentials credentials, Passwords passwords, UnitOfWork unitOfWork) {
        return new CredentialIssuer(credentials, passwords, unitOfWork, clock);
    }

    @Produces
    @Singleton
    Catalogue catalogue(PublicUrls urls) {
        return new Catalogue(urls.of(""), configuration.region());
    }

    @Produces
    @Singleton
    CatalogueEntries catalogueEntries(Catalogue own, Registry registry) {
        return new CatalogueEntries(own, registry);
    }

    @Produces
    @Singleton
    TokenCatalogue tokenCatalogue(Catalogue own, Registry registry) {
        return new TokenCatalogue(own, registry, clock);
    }

    /// Remembered tokens are forgotten when the change can be read.
    void changed(
            @Observes(during = TransactionPhase.AFTER_SUCCESS) IdentityChanged change,
            Tokens tokens,
            TokenCatalogue catalogue) {
        tokens.forgetAll();
        catalogue.forget();
    }

    void start(
            @Observes StartupEvent event,
            Projects projects,
            Users users,
            Roles roles,
            Assignments assignments,
            Passwords passwords,
            UnitOfWork unitOfWork,
            Revocations revocations) {
        boolean made = new Bootstrap(projects, users, roles, assignments, passwords, unitOfWork)
                .run(configuration.adminPassword());
        if (made) {
            LOG.info("Made the first domain, projects, roles and the user admin");
        }
        revocations.forget(clock.instant());
    }
}
