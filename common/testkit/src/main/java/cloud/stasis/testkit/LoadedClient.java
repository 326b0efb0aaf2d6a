package cloud.stasis.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One of the clients that tenants use, as the distribution ships it. To load its libraries takes it two seconds of
/// CPU time, what it is called for a tenth of that; so one process loads them, and each call is a fork of it.
public final class LoadedClient {
    /// The clients of the distribution want its own interpreter.
    private static final String PYTHON = "/usr/bin/python3";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, LoadedClient> RUNNING = new HashMap<>();

    private final String name;
    private final BufferedWriter calls;
    private final BufferedReader exits;

    /// @param exit less than zero if a signal ended it
    public record Result(int exit, String out, String err) {}

    private LoadedClient(String name) throws IOException {
        this.name = name;
        Path script = Files.createTempFile("stasis-client-", ".py");
        try (InputStream source = LoadedClient.class.getResourceAsStream("loaded_client.py")) {
            Files.write(script, source.readAllBytes());
        }
        // It ends with its input, which is ours.
        Process process = new ProcessBuilder(PYTHON, script.toString(), name)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        script.toFile().deleteOnExit();
        calls = process.outputWriter(StandardCharsets.UTF_8);
        exits = process.inputReader(StandardCharsets.UTF_8);
    }

    /// @param name `openstack`, `nova`, `cinder` or `glance`
    public static synchronized LoadedClient of(String name) {
        return RUNNING.computeIfAbsent(name, wanted -> {
            try {
                return new LoadedClient(wanted);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot start " + wanted, e);
            }
        });
    }

    /// Runs to the end, whatever that is.
    ///
    /// @param environment all that the client has
    /// @throws AssertionError if it does not end in time
    public Result run(Duration deadline, Path directory, Map<String, String> environment, List<String> arguments) {
        return call(deadline, directory, environment, List.of(arguments));
    }

    /// Runs command lines as a shell would, each with the same environment and deadline, until one fails.
    ///
    /// @return the output of all, each after its line and `$`, and the exit of the last
    public Result runLines(Duration deadline, Path directory, Map<String, String> environment, List<String> lines) {
        return call(deadline, directory, environment, lines);
    }

    private synchronized Result call(
            Duration deadline, Path directory, Map<String, String> environment, List<?> commands) {
        try {
            Path out = Files.createTempFile("stasis-client-", ".out");
            Path err = Files.createTempFile("stasis-client-", ".err");
            try {
                calls.write(JSON.writeValueAsString(Map.of(
                        "commands",
                        commands,
                        "environment",
                        environment,
                        "directory",
                        directory.toString(),
                        "out",
                        out.toString(),
                        "err",
                        err.toString(),
                        "seconds",
                        deadline.toSeconds())));
                calls.newLine();
                calls.flush();
                String exit = exits.readLine();
                if (exit == null) {
                    throw new AssertionError(name + " has ended");
                }
                Result result = new Result(Integer.parseInt(exit), Files.readString(out), Files.readString(err));
                if (result.exit() < 0) {
                    throw new AssertionError("ended by signal " + -result.exit() + " within " + deadline + ": " + name
                            + " " + commands + "\n" + result.out() + result.err());
                }
                return result;
            } finally {
                Files.deleteIfExists(out);
                Files.deleteIfExists(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + name + " " + commands, e);
        }
    }
}
