package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.testkit.LoadedClient;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs the clients that tenants use, with nothing in their environment but who they are.
///
/// @param directory their home
/// @param project and the user are of the domain `Default`
public record OpenstackClient(Path directory, String authUrl, String user, String password, String project) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    public JsonNode json(String... command) throws JsonProcessingException {
        return JSON.readTree(run(command));
    }

    public String run(String... command) {
        return call(0, command);
    }

    /// @return all that it said
    public String fail(String... command) {
        return call(1, command);
    }

    private String call(int status, String... command) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.keySet().removeIf(name -> name.startsWith("OS_"));
        environment.putAll(Map.of(
                "HOME",
                directory.toString(),
                "OS_AUTH_URL",
                authUrl,
                "OS_USERNAME",
                user,
                "OS_PASSWORD",
                password,
                "OS_PROJECT_NAME",
                project,
                "OS_USER_DOMAIN_NAME",
                "Default",
                "OS_PROJECT_DOMAIN_NAME",
                "Default",
                "OS_IDENTITY_API_VERSION",
                "3"));
        List<String> words = List.of(command);
        LoadedClient.Result result =
                LoadedClient.of(words.getFirst()).run(PATIENCE, directory, environment, words.subList(1, words.size()));
        String said = result.out() + result.err();
        assertThat(result.exit()).as(String.join(" ", command) + "\n" + said).isEqualTo(status);
        return status == 0 ? result.out() : said;
    }
}
