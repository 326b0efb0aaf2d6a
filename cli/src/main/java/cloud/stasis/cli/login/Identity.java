package cloud.stasis.cli.login;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.http.Body;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.http.Method;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.http.Request;
import cloud.stasis.cli.http.Wire;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;

/// Speaks identity v3: proves who the caller is and gets a token.
final class Identity {
    private final Wire wire;

    Identity(Wire wire) {
        this.wire = wire;
    }

    Login login(Settings settings) {
        // A token without a scope to change to is used as it is; only its catalogue is asked for.
        if (settings.credential() instanceof Credential.Token given && settings.scope() instanceof Scope.Unscoped) {
            Request show =
                    new Request(Method.GET, tokens(settings), authenticated(given.token(), given.token()), Body.NONE);
            return parse(wire.send(show).orFail(), given.token());
        }
        ObjectNode body = Json.object();
        ObjectNode auth = body.putObject("auth");
        auth.set("identity", proof(settings.credential()));
        if (!isBoundToProject(settings.credential())) {
            addScope(auth, settings.scope());
        }
        Request create =
                new Request(Method.POST, tokens(settings), Map.of("Accept", "application/json"), new Body.Json(body));
        Reply reply = wire.send(create).orFail();
        String token = reply.header("x-subject-token")
                .orElseThrow(() -> Failure.local(
                        FailureType.BAD_ANSWER,
                        "the login at " + settings.identity() + " gave no token; is OS_AUTH_URL an identity service?"));
        return parse(reply, new Secret(token));
    }

    /// The id of the project that a token is good for.
    String project(Settings settings, Secret token) {
        Reply reply = wire.send(new Request(Method.GET, tokens(settings), authenticated(token, token), Body.NONE));
        String id = Json.text(reply.orFail().json().path("token").path("project"), "id");
        if (id.isEmpty()) {
            throw Failure.command("the login has no project; name one");
        }
        return id;
    }

    /// Makes a token worthless. One that is so already is not an error.
    void revoke(Settings settings, Secret token) {
        Reply reply = wire.send(new Request(Method.DELETE, tokens(settings), authenticated(token, token), Body.NONE));
        if (reply.status() != 401 && reply.status() != 404) {
            reply.orFail();
        }
    }

    private static URI tokens(Settings settings) {
        return URI.create(settings.identity() + "/auth/tokens");
    }

    private static Map<String, String> authenticated(Secret caller, Secret subject) {
        return Map.of(
                "Accept", "application/json",
                "X-Auth-Token", caller.reveal(),
                "X-Subject-Token", subject.reveal());
    }

    private static Login parse(Reply reply, Secret token) {
        JsonNode body = reply.json().path("token");
        try {
            Instant expires =
                    OffsetDateTime.parse(Json.text(body, "expires_at")).toInstant();
            return new Login(token, expires, new Catalogue(body.path("catalog")));
        } catch (DateTimeParseException malformed) {
            throw Failure.local(FailureType.BAD_ANSWER, "the identity service gave a token without an end of its life");
        }
    }

    private static ObjectNode proof(Credential credential) {
        ObjectNode identity = Json.object();
        switch (credential) {
            case Credential.Password password -> {
                identity.putArray("methods").add("password");
                ObjectNode user = user(password.user());
                password.password().ifPresent(secret -> user.put("password", secret.reveal()));
                identity.putObject("password").set("user", user);
            }
            case Credential.Token token -> {
                identity.putArray("methods").add("token");
                identity.putObject("token").put("id", token.token().reveal());
            }
            case Credential.ApplicationCredentialById given -> {
                identity.putArray("methods").add("application_credential");
                identity.putObject("application_credential")
                        .put("id", given.id())
                        .put("secret", given.secret().reveal());
            }
            case Credential.ApplicationCredentialByName given -> {
                identity.putArray("methods").add("application_credential");
                identity.putObject("application_credential")
                        .put("name", given.name())
                        .put("secret", given.secret().reveal())
                        .set("user", user(given.user()));
            }
        }
        return identity;
    }

    private static ObjectNode user(Credential.User user) {
        return switch (user) {
            case Credential.User.ById byId -> Json.object().put("id", byId.id());
            case Credential.User.ByName byName -> {
                ObjectNode node = Json.object().put("name", byName.name());
                node.set("domain", byName.domain().json());
                yield node;
            }
        };
    }

    /// An application credential has its project built in; naming one as well is an error to Keystone.
    private static boolean isBoundToProject(Credential credential) {
        return switch (credential) {
            case Credential.ApplicationCredentialById _, Credential.ApplicationCredentialByName _ -> true;
            case Credential.Password _, Credential.Token _ -> false;
        };
    }

    private static void addScope(ObjectNode auth, Scope scope) {
        switch (scope) {
            case Scope.ProjectById project ->
                auth.putObject("scope").putObject("project").put("id", project.id());
            case Scope.ProjectByName project ->
                auth.putObject("scope")
                        .putObject("project")
                        .put("name", project.name())
                        .set("domain", project.domain().json());
            case Scope.Unscoped _ -> {}
        }
    }
}
