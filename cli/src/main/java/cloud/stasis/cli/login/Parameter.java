package cloud.stasis.cli.login;

import java.util.List;
import java.util.Locale;

/// The settings that OpenStack clients share. The name gives the environment variable (`OS_AUTH_URL`), the option
/// (`--os-auth-url`) and the key in clouds.yaml (`auth_url`).
public enum Parameter {
    CLOUD("the entry of clouds.yaml to use"),
    AUTH_URL("address of the identity service, for instance http://127.0.0.1:5000/identity/v3"),
    AUTH_TYPE("password, token or v3applicationcredential; guessed from the others if absent"),
    USERNAME("name of the user"),
    USER_ID("id of the user, instead of name and domain"),
    PASSWORD("password (better in the environment: other users of this machine can see options)"),
    USER_DOMAIN_NAME("name of the user's domain"),
    USER_DOMAIN_ID("id of the user's domain ('default' if nothing is given)"),
    PROJECT_NAME("name of the project to work in", "TENANT_NAME"),
    PROJECT_ID("id of the project to work in", "TENANT_ID"),
    PROJECT_DOMAIN_NAME("name of the project's domain"),
    PROJECT_DOMAIN_ID("id of the project's domain ('default' if nothing is given)"),
    TOKEN("a token to use instead of a password"),
    APPLICATION_CREDENTIAL_ID("id of an application credential"),
    APPLICATION_CREDENTIAL_NAME("name of an application credential of the user"),
    APPLICATION_CREDENTIAL_SECRET("secret of the application credential"),
    REGION_NAME("region, if the cloud has several"),
    INTERFACE("public, internal or admin endpoints", "ENDPOINT_TYPE"),
    CACERT("file with the certificates of the authorities to believe (PEM)");

    private final String description;
    private final List<String> olderNames;

    Parameter(String description, String... olderNames) {
        this.description = description;
        this.olderNames = List.of(olderNames);
    }

    public String description() {
        return description;
    }

    public String variable() {
        return "OS_" + name();
    }

    /// Names that older clients gave to the same thing, asked when the first is not set.
    List<String> olderVariables() {
        return olderNames.stream().map(name -> "OS_" + name).toList();
    }

    public String option() {
        return "--os-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String yamlKey() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isSecret() {
        return switch (this) {
            case PASSWORD, TOKEN, APPLICATION_CREDENTIAL_SECRET -> true;
            case CLOUD,
                    AUTH_URL,
                    AUTH_TYPE,
                    USERNAME,
                    USER_ID,
                    USER_DOMAIN_NAME,
                    USER_DOMAIN_ID,
                    PROJECT_NAME,
                    PROJECT_ID,
                    PROJECT_DOMAIN_NAME,
                    PROJECT_DOMAIN_ID,
                    APPLICATION_CREDENTIAL_ID,
                    APPLICATION_CREDENTIAL_NAME,
                    REGION_NAME,
                    INTERFACE,
                    CACERT -> false;
        };
    }
}
