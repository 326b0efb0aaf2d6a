package cloud.stasis.cli.login;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.http.Trust;
import cloud.stasis.cli.process.Environment;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// Makes [Settings] of options, environment and clouds.yaml.
///
/// ```
/// an entry of clouds.yaml is chosen (--os-cloud, OS_CLOUD)    options > the entry
/// else                                                        options > OS_* variables
/// nothing at all is set, and clouds.yaml has one entry        options > that entry
/// ```
/// Environment and entry are not mixed: half a login from each is how one ends up in the wrong project. Only what an
/// entry often leaves out on purpose (password, secrets, region, certificates) is filled in from the environment.
public final class SettingsReader {
    private static final Parameter[] FILLED_FROM_ENVIRONMENT = {
        Parameter.PASSWORD, Parameter.APPLICATION_CREDENTIAL_SECRET, Parameter.REGION_NAME, Parameter.CACERT
    };

    private final Environment environment;

    public SettingsReader(Environment environment) {
        this.environment = environment;
    }

    /// @param insecure whether the caller asked not to check certificates
    public Settings read(Map<Parameter, String> options, boolean insecure) {
        Optional<String> cloud = Optional.ofNullable(options.get(Parameter.CLOUD))
                .or(() -> environment.variable(Parameter.CLOUD.variable()))
                .filter(name -> !name.equals("envvars"));
        Map<Parameter, String> fromVariables = variables();
        if (cloud.isPresent()) {
            return ofEntry(options, new CloudsFile(environment).entry(cloud.get()), insecure);
        }
        if (fromVariables.containsKey(Parameter.AUTH_URL) || options.containsKey(Parameter.AUTH_URL)) {
            return understand(layer(options, fromVariables), insecure);
        }
        Optional<CloudsFile.Entry> only = new CloudsFile(environment).onlyEntry();
        if (only.isPresent()) {
            return ofEntry(options, only.get(), insecure);
        }
        return understand(layer(options, fromVariables), insecure);
    }

    private Settings ofEntry(Map<Parameter, String> options, CloudsFile.Entry entry, boolean insecure) {
        Map<Parameter, String> values = new EnumMap<>(Parameter.class);
        Map<Parameter, String> fromVariables = variables();
        for (Parameter parameter : FILLED_FROM_ENVIRONMENT) {
            if (fromVariables.containsKey(parameter)) {
                values.put(parameter, fromVariables.get(parameter));
            }
        }
        values.putAll(entry.values());
        return understand(layer(options, values), insecure || !entry.verify());
    }

    private Map<Parameter, String> variables() {
        Map<Parameter, String> values = new EnumMap<>(Parameter.class);
        for (Parameter parameter : Parameter.values()) {
            Optional<String> value = environment.variable(parameter.variable());
            for (String older : parameter.olderVariables()) {
                value = value.or(() -> environment.variable(older));
            }
            value.ifPresent(text -> values.put(parameter, text));
        }
        return values;
    }

    private static Map<Parameter, String> layer(Map<Parameter, String> upper, Map<Parameter, String> lower) {
        Map<Parameter, String> values = new EnumMap<>(Parameter.class);
        values.putAll(lower);
        // A project given by name replaces one given by id below it, and the other way round.
        if (upper.containsKey(Parameter.PROJECT_NAME)) {
            values.remove(Parameter.PROJECT_ID);
        }
        if (upper.containsKey(Parameter.PROJECT_ID)) {
            values.remove(Parameter.PROJECT_NAME);
        }
        if (upper.containsKey(Parameter.USERNAME)) {
            values.remove(Parameter.USER_ID);
        }
        values.putAll(upper);
        return values;
    }

    private static Settings understand(Map<Parameter, String> values, boolean insecure) {
        Values given = new Values(values);
        return new Settings(
                identity(given.require(Parameter.AUTH_URL)),
                credential(given),
                scope(given),
                given.find(Parameter.REGION_NAME),
                endpointInterface(given),
                trust(given, insecure));
    }

    private static URI identity(String authUrl) {
        try {
            URI address = new URI(authUrl.replaceAll("/+$", ""));
            String scheme = String.valueOf(address.getScheme());
            if (!(scheme.equals("http") || scheme.equals("https")) || address.getHost() == null) {
                throw Failure.command("OS_AUTH_URL is '" + authUrl + "', which is not an http or https address");
            }
            return address.getPath().endsWith("/v3") ? address : URI.create(address + "/v3");
        } catch (URISyntaxException malformed) {
            throw Failure.command("OS_AUTH_URL is '" + authUrl + "', which is not an address");
        }
    }

    private static Credential credential(Values given) {
        String type = given.find(Parameter.AUTH_TYPE).orElse("");
        Optional<String> secret = given.find(Parameter.APPLICATION_CREDENTIAL_SECRET);
        if (type.endsWith("applicationcredential") || (type.isEmpty() && secret.isPresent())) {
            Secret proof = new Secret(given.require(Parameter.APPLICATION_CREDENTIAL_SECRET));
            Optional<String> id = given.find(Parameter.APPLICATION_CREDENTIAL_ID);
            return id.isPresent()
                    ? new Credential.ApplicationCredentialById(id.get(), proof)
                    : new Credential.ApplicationCredentialByName(
                            given.require(Parameter.APPLICATION_CREDENTIAL_NAME), user(given), proof);
        }
        Optional<String> token = given.find(Parameter.TOKEN);
        if (type.endsWith("token") || (type.isEmpty() && token.isPresent())) {
            return new Credential.Token(new Secret(given.require(Parameter.TOKEN)));
        }
        if (type.isEmpty() || type.endsWith("password")) {
            return new Credential.Password(
                    user(given), given.find(Parameter.PASSWORD).map(Secret::new));
        }
        throw Failure.command("the login type '" + type + "' (OS_AUTH_TYPE) is not known here; "
                + "password, token and v3applicationcredential are");
    }

    private static Credential.User user(Values given) {
        Optional<String> id = given.find(Parameter.USER_ID);
        if (id.isPresent()) {
            return new Credential.User.ById(id.get());
        }
        return new Credential.User.ByName(
                given.require(Parameter.USERNAME),
                Domain.of(given.find(Parameter.USER_DOMAIN_ID), given.find(Parameter.USER_DOMAIN_NAME)));
    }

    private static Scope scope(Values given) {
        Optional<String> id = given.find(Parameter.PROJECT_ID);
        if (id.isPresent()) {
            return new Scope.ProjectById(id.get());
        }
        Domain domain = Domain.of(given.find(Parameter.PROJECT_DOMAIN_ID), given.find(Parameter.PROJECT_DOMAIN_NAME));
        return given.find(Parameter.PROJECT_NAME)
                .<Scope>map(name -> new Scope.ProjectByName(name, domain))
                .orElseGet(Scope.Unscoped::new);
    }

    private static String endpointInterface(Values given) {
        String name = given.find(Parameter.INTERFACE).orElse("public");
        return name.endsWith("URL") ? name.substring(0, name.length() - "URL".length()) : name;
    }

    private static Trust trust(Values given, boolean insecure) {
        if (insecure) {
            return new Trust.Everyone();
        }
        return given.find(Parameter.CACERT)
                .<Trust>map(file -> new Trust.Authorities(Path.of(file)))
                .orElse(Trust.PLATFORM);
    }

    private record Values(Map<Parameter, String> values) {
        Optional<String> find(Parameter parameter) {
            return Optional.ofNullable(values.get(parameter)).filter(value -> !value.isEmpty());
        }

        String require(Parameter parameter) {
            return find(parameter)
                    .orElseThrow(() -> Failure.command("no login: " + parameter.variable() + " is not set. Set "
                            + parameter.variable() + " or " + parameter.option()
                            + ", or name an entry of clouds.yaml with --os-cloud"));
        }
    }
}
