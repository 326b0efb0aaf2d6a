package cloud.stasis.cli.verb;

import cloud.stasis.cli.login.PasswordPrompt;
import cloud.stasis.cli.process.Environment;
import cloud.stasis.cli.process.Interrupts;
import cloud.stasis.cli.process.Pace;
import cloud.stasis.cli.screen.Terminal;
import java.time.Clock;

/// Everything that a run of the command line touches outside itself, but for the network.
public record Surroundings(
        Environment environment,
        Terminal terminal,
        PasswordPrompt prompt,
        Clock clock,
        Pace pace,
        Interrupts interrupts) {

    public static Surroundings ofProcess() {
        Environment environment = Environment.ofProcess();
        return new Surroundings(
                environment,
                Terminal.ofProcess(environment),
                PasswordPrompt.CONSOLE,
                Clock.systemUTC(),
                Pace.REAL,
                Interrupts.REAL);
    }
}
