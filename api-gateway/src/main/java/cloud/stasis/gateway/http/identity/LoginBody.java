package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.identity.CredentialId;
import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.LoginRequest;
import cloud.stasis.gateway.identity.LoginRequest.CredentialRef;
import cloud.stasis.gateway.identity.LoginRequest.DomainRef;
import cloud.stasis.gateway.identity.LoginRequest.Proof;
import cloud.stasis.gateway.identity.LoginRequest.UserRef;
import cloud.stasis.gateway.identity.LoginRequest.WantedScope;
import cloud.stasis.gateway.identity.Token;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The body of `POST /v3/auth/tokens`.
final class LoginBody {
    /// Each is checked, some at the cost of a hash.
    private static final int MAX_METHODS = 3;

    private static final int ID = 64;

    private LoginBody() {}

    static LoginRequest parse(@Nullable JsonNode body) {
        JsonFields auth = JsonFields.of(body).object("auth");
        JsonFields identity = auth.object("identity");
        List<String> methods =
                identity.texts("methods", MAX_METHODS, ID).stream().distinct().toList();
        if (methods.isEmpty()) {
            throw invalid("auth.identity.methods must name at least one method.");
        }
        return new LoginRequest(
                methods.stream().map(method -> proof(identity, method)).toList(), scope(auth));
    }

    private static Proof proof(JsonFields identity, String method) {
        if (method.equals(Token.Method.PASSWORD.wireName())) {
            JsonFields user = identity.object(method).object("user");
            return new Proof.ByPassword(
                    user(user),
                    user.optionalText("password", IdentityLimits.PASSWORD)
                            .orElseThrow(() -> invalid("auth.identity.password.user.password is required.")));
        }
        if (method.equals(Token.Method.TOKEN.wireName())) {
            return new Proof.ByToken(identity.object(method).text("id", IdentityLimits.PASSWORD));
        }
        if (method.equals(Token.Method.APPLICATION_CREDENTIAL.wireName())) {
            JsonFields credential = identity.object(method);
            CredentialRef ref = credential.has("id")
                    ? new CredentialRef.ById(new CredentialId(credential.text("id", ID)))
                    : new CredentialRef.ByName(
                            credential.text("name", IdentityLimits.NAME), user(credential.object("user")));
            return new Proof.ByApplicationCredential(ref, credential.text("secret", IdentityLimits.PASSWORD));
        }
        // Keystone does not tell a method that is not offered from one that failed.
        throw new FaultException(
                401, "The authentication method is not supported here: password, token, application_credential are.");
    }

    private static WantedScope scope(JsonFields auth) {
        if (auth.isText("scope")) {
            // "unscoped" is the only text that it may be.
            return new WantedScope.Nothing();
        }
        Optional<JsonFields> scope = auth.optionalObject("scope");
        if (scope.isEmpty()) {
            return new WantedScope.Unsaid();
        }
        if (scope.get().has("project")) {
            JsonFields project = scope.get().object("project");
            return project.has("id")
                    ? new WantedScope.OfProject(new ProjectId(project.text("id", ID)))
                    : new WantedScope.OfNamedProject(
                            project.text("name", IdentityLimits.PROJECT_NAME), domain(project.object("domain")));
        }
        if (scope.get().has("domain")) {
            return new WantedScope.OfDomain(domain(scope.get().object("domain")));
        }
        if (scope.get().has("system")) {
            return new WantedScope.OfSystem();
        }
        throw invalid("auth.scope must name a project, a domain or the system.");
    }

    private static UserRef user(JsonFields user) {
        return user.has("id")
                ? new UserRef.ById(new UserId(user.text("id", ID)))
                : new UserRef.ByName(user.text("name", IdentityLimits.NAME), domain(user.object("domain")));
    }

    private static DomainRef domain(JsonFields domain) {
        return domain.has("id")
                ? new DomainRef.ById(new DomainId(domain.text("id", ID)))
                : new DomainRef.ByName(domain.text("name", IdentityLimits.PROJECT_NAME));
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }
}
