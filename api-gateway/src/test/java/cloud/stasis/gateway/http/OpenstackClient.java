package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs the clients that tenants use, with nothing in their environment but who they are.
///
/// @param directory for their home and what they print
/// @param project and the user are of the domain `Default`
public record OpenstackClient(Path directory, String authUrl, String user, String password, String project) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_SECONDS = 120;

    public JsonNode json(String... command) throws IOException, InterruptedException {
        return JSON.readTree(run(command));
    }

    public String run(String... command) throws IOException, InterruptedException {
        return call(0, command);
    }

    /// @return all that it said
    public String fail(String... command) throws IOException, InterruptedException {
        return call(1, command);
    }

    private String call(int status, String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("timeout", Integer.toString(PATIENCE_SECONDS)));
        words.addAll(List.of(command));
        Path out = directory.resolve("stdout");
        Path err = directory.resolve("stderr");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OS_"));
        builder.environment()
                .putAll(Map.of(
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
        Process process = builder.start();
        process.getOutputStream().close();
        assertThat(process.waitFor(PATIENCE_SECONDS + 5, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(out, StandardCharsets.UTF_8) + Files.readString(err, StandardCharsets.UTF_8);
        assertThat(process.exitValue())
                .as(String.join(" ", command) + "\n" + said)
                .isEqualTo(status);
        return status == 0 ? Files.readString(out, StandardCharsets.UTF_8) : said;
    }
}
