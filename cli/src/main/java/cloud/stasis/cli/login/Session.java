package cloud.stasis.cli.login;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.http.Request;
import cloud.stasis.cli.http.Wire;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Sends calls as the caller. A token that the cloud refuses is renewed once, whether it came from the cache or from
/// this very command; a second refusal is the answer. So is a kept login whose catalogue lacks a service, which may
/// have been registered since.
public final class Session {
    private final Settings settings;
    private final Wire wire;
    private final Identity identity;
    private final Optional<TokenCache> cache;
    private final PasswordPrompt prompt;
    private final Clock clock;
    private @Nullable Login login;
    /// Whether this very command has logged in.
    private boolean isFresh;

    /// @param cacheDirectory where logins are kept between commands; empty to keep none
    public Session(Settings settings, Wire wire, Optional<Path> cacheDirectory, PasswordPrompt prompt, Clock clock) {
        this.settings = settings;
        this.wire = wire;
        this.identity = new Identity(wire);
        this.cache = cacheDirectory.map(TokenCache::new);
        this.prompt = prompt;
        this.clock = clock;
    }

    /// The answer to a call, whatever its status.
    public Reply send(Call call) {
        Reply reply = wire.send(request(call));
        if (reply.status() != 401) {
            return reply;
        }
        renew();
        return wire.send(request(call));
    }

    /// Like [#send(Call)], with the body as a stream.
    public Wire.Stream open(Call call, Duration readTimeout) {
        Wire.Stream stream = wire.open(request(call), readTimeout);
        if (stream.status() != 401) {
            return stream;
        }
        closeQuietly(stream);
        renew();
        return wire.open(request(call), readTimeout);
    }

    public URI endpoint(ServiceType service) {
        try {
            return current().catalogue().endpoint(service, settings);
        } catch (Failure failure) {
            if (isFresh || !failure.is(FailureType.ENDPOINT_NOT_FOUND)) {
                throw failure;
            }
            renew();
            return current().catalogue().endpoint(service, settings);
        }
    }

    /// The id of the project that one is logged in to.
    public String project() {
        return identity.project(settings, current().token());
    }

    /// Makes the kept token worthless and forgets it. Whether there was one.
    public boolean end() {
        Optional<Login> kept = cache.flatMap(files -> files.find(settings, clock.instant()));
        cache.ifPresent(files -> files.forget(settings));
        kept.ifPresent(known -> identity.revoke(settings, known.token()));
        login = null;
        return kept.isPresent();
    }

    private Login current() {
        if (login == null) {
            login = cache.flatMap(files -> files.find(settings, clock.instant()))
                    .orElseGet(this::fresh);
        }
        return login;
    }

    private void renew() {
        cache.ifPresent(files -> files.forget(settings));
        login = fresh();
    }

    private Login fresh() {
        Settings complete = settings.withCredential(withPassword(settings.credential()));
        Login made = identity.login(complete);
        isFresh = true;
        cache.ifPresent(files -> files.keep(complete, made));
        return made;
    }

    private Credential withPassword(Credential credential) {
        if (!(credential instanceof Credential.Password password)
                || password.password().isPresent()) {
            return credential;
        }
        String user =
                switch (password.user()) {
                    case Credential.User.ById byId -> byId.id();
                    case Credential.User.ByName byName -> byName.name();
                };
        Secret answer = prompt.ask(
                        "Password of " + user + " at " + settings.identity().getHost() + ": ")
                .orElseThrow(() -> Failure.command(
                        "no login: OS_PASSWORD is not set, and there is no terminal to ask " + "for it"));
        return new Credential.Password(password.user(), Optional.of(answer));
    }

    private Request request(Call call) {
        URI target = URI.create(endpoint(call.service()) + call.pathAndQuery());
        Map<String, String> headers = new HashMap<>(call.headers());
        headers.put("X-Auth-Token", current().token().reveal());
        headers.putIfAbsent("Accept", "application/json");
        return new Request(call.method(), target, headers, call.body());
    }

    private static void closeQuietly(Wire.Stream stream) {
        try {
            stream.close();
        } catch (IOException _) {
            // The answer was read as far as it matters.
        }
    }
}
