package cloud.stasis.cli.fake;

import cloud.stasis.cli.login.PasswordPrompt;
import cloud.stasis.cli.login.Secret;
import cloud.stasis.cli.process.Environment;
import cloud.stasis.cli.process.Interrupts;
import cloud.stasis.cli.screen.Terminal;
import cloud.stasis.cli.verb.Program;
import cloud.stasis.cli.verb.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs the command line as a shell would, with a home directory, variables and a terminal of its own.
public final class Shell {
    public static final Terminal.Features PIPE = new Terminal.Features(false, false, false, false, 80);

    private final FakeClock clock = new FakeClock();
    private final Map<String, String> variables = new HashMap<>();
    private final List<String> lastWords = new ArrayList<>();
    private final Path directory;
    private Terminal.Features features = PIPE;
    private String answer = "";
    private int questions;

    /// @param out standard output, @param err standard error
    public record Run(int status, String out, String err) {}

    /// @param home also the working directory
    public Shell(Path home) {
        this.directory = home;
        variables.put("HOME", home.toString());
    }

    /// With the usual variables for a fake cloud.
    public static Shell loggedInTo(FakeCloud cloud, Path home) {
        Shell shell = new Shell(home);
        shell.set("OS_AUTH_URL", cloud.url() + "/identity/v3");
        shell.set("OS_USERNAME", FakeCloud.USER);
        shell.set("OS_PASSWORD", FakeCloud.PASSWORD);
        shell.set("OS_PROJECT_NAME", "project");
        return shell;
    }

    public Shell set(String variable, String value) {
        variables.put(variable, value);
        return this;
    }

    public Shell unset(String variable) {
        variables.remove(variable);
        return this;
    }

    public Shell terminal(Terminal.Features other) {
        features = other;
        return this;
    }

    /// Somebody who answers when a password is asked for.
    public Shell answering(String password) {
        answer = password;
        return this;
    }

    public int questions() {
        return questions;
    }

    public FakeClock clock() {
        return clock;
    }

    /// What would still have been said if each wait had been interrupted.
    public List<String> lastWords() {
        return lastWords;
    }

    public Run run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                features);
        Surroundings surroundings = new Surroundings(
                new Environment(variables, directory), terminal, prompt(), clock, clock::pass, interrupts(err));
        int status = new Program(surroundings).run(List.of(arguments));
        return new Run(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private PasswordPrompt prompt() {
        return _ -> {
            questions++;
            return answer.isEmpty() ? Optional.empty() : Optional.of(new Secret(answer));
        };
    }

    /// Says the words at once, notes them, and takes them back from the screen.
    private Interrupts interrupts(ByteArrayOutputStream err) {
        return words -> {
            byte[] before = err.toByteArray();
            err.reset();
            words.run();
            lastWords.add(err.toString(StandardCharsets.UTF_8).strip());
            err.reset();
            err.writeBytes(before);
            return () -> {};
        };
    }
}
