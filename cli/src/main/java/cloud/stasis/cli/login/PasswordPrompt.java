package cloud.stasis.cli.login;

import java.io.Console;
import java.util.Optional;

/// Asks a person for a password.
@FunctionalInterface
public interface PasswordPrompt {
    /// Empty if nobody is there to answer.
    Optional<Secret> ask(String question);

    /// On the terminal, without echo.
    PasswordPrompt CONSOLE = question -> {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return Optional.empty();
        }
        char[] answer = console.readPassword("%s", question);
        return answer == null ? Optional.empty() : Optional.of(new Secret(new String(answer)));
    };
}
