package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Gate;
import cloud.stasis.gateway.http.identity.IdentityConfiguration.ExternalKeystone;
import cloud.stasis.gateway.identity.Authenticator;
import cloud.stasis.gateway.identity.Catalogue;
import cloud.stasis.gateway.identity.Tokens;
import cloud.stasis.gateway.identity.keystone.CatalogueRegistration;
import cloud.stasis.gateway.identity.keystone.Keystone;
import cloud.stasis.gateway.identity.keystone.Keystone.ServiceUser;
import cloud.stasis.gateway.identity.keystone.KeystoneAuthenticator;
import cloud.stasis.model.StasisException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// Who authenticates: the embedded identity service, or a Keystone if one is configured. Then the doors of the
/// embedded one are closed.
@Singleton
class ExternalIdentity {
    private static final Logger LOG = Logger.getLogger(ExternalIdentity.class);
    private static final Duration MEMORY = Duration.ofSeconds(30);
    private static final int REGISTER_AGAIN_AFTER_SECONDS = 10;

    private final Optional<ExternalKeystone> configured;
    private final Clock clock = Clock.systemUTC();
    private final ScheduledExecutorService registrar = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("catalogue-registrar").factory());

    ExternalIdentity(IdentityConfiguration configuration) {
        this.configured = configuration.keystone();
    }

    @Produces
    @Singleton
    Authenticator authenticator(Tokens embedded) {
        return configured
                .<Authenticator>map(external -> new KeystoneAuthenticator(
                        client(external), external.memory().orElse(MEMORY), clock))
                .orElse(embedded);
    }

    void close(@Observes Router router) {
        configured.ifPresent(external -> router.route("/identity*")
                .order(Gate.STREAMING_ROUTE_ORDER)
                .handler(routing -> routing.fail(
                        new FaultException(404, "The identity service of this cloud is at " + external.url() + "."))));
    }

    void register(@Observes StartupEvent event, Catalogue catalogue) {
        configured
                .filter(external -> external.register().orElse(true))
                .ifPresent(external -> register(new CatalogueRegistration(client(external), catalogue)));
    }

    void stop(@Observes ShutdownEvent event) {
        registrar.shutdownNow();
    }

    private Keystone client(ExternalKeystone external) {
        ServiceUser user = new ServiceUser(
                external.user().orElse("stasis"),
                external.password(),
                external.project().orElse("service"),
                external.domain().orElse("Default"));
        return new Keystone(external.url(), user, clock);
    }

    /// Tokens of clients are validated meanwhile; they only do not find us in the catalogue yet.
    private void register(CatalogueRegistration registration) {
        registrar.execute(() -> {
            try {
                registration.run();
            } catch (StasisException e) {
                LOG.warnf("The catalogue is not registered yet reason=%s", e.getMessage());
                registrar.schedule(() -> register(registration), REGISTER_AGAIN_AFTER_SECONDS, TimeUnit.SECONDS);
            }
        });
    }
}
