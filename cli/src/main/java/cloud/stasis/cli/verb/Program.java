package cloud.stasis.cli.verb;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.screen.SafeText;
import cloud.stasis.cli.screen.Terminal;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// One run of the command line: registers what may have been called, runs it, and reports how it failed.
public final class Program {
    /// Words that need every verb to be known.
    private static final Set<String> ABOUT_ALL = Set.of("help", "--help", "-h", "completion", "man-page");

    private final Surroundings surroundings;
    private final GlobalOptions options = new GlobalOptions();
    private final Tools tools;

    public Program(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.tools = new Tools(surroundings, options);
    }

    @Command(
            name = "stasis",
            mixinStandardHelpOptions = true,
            versionProvider = VersionText.class,
            synopsisHeading = "Usage: ",
            customSynopsis = "stasis [OPTIONS] VERB [ARGUMENTS]",
            description = "Work with servers, images and whole-machine snapshots of a Stasis cloud.%n")
    private static final class Root implements Runnable {
        @CommandLine.Spec
        private CommandLine.Model.@Nullable CommandSpec spec;

        @Override
        public void run() {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "no verb was given");
        }
    }

    private static final class VersionText implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"stasis " + ProgramVersion.TEXT};
        }
    }

    /// @return the status that the process ends with
    public int run(List<String> arguments) {
        CommandLine line = commandLine(verbsFor(arguments));
        return line.execute(arguments.toArray(String[]::new));
    }

    /// The verbs that occur among the arguments; all of them if none does, or if the arguments are about all.
    private static List<VerbEntry> verbsFor(List<String> arguments) {
        if (arguments.stream().anyMatch(ABOUT_ALL::contains)) {
            return VerbEntry.ALL;
        }
        List<VerbEntry> named = VerbEntry.ALL.stream()
                .filter(verb -> arguments.contains(verb.name()))
                .toList();
        return named.isEmpty() ? VerbEntry.ALL : named;
    }

    private CommandLine commandLine(List<VerbEntry> verbs) {
        CommandLine line = new CommandLine(new Root());
        for (VerbEntry entry : verbs) {
            CommandLine verb = new CommandLine(entry.make().apply(tools));
            line.addSubcommand(entry.name(), verb);
            HelpLayout.applyToVerb(verb, entry);
        }
        if (verbs.size() == VerbEntry.ALL.size()) {
            line.addSubcommand("help", new CommandLine(new HelpCommand()));
        }
        // After the verbs: an inherited option is copied to those that are there.
        options.addTo(line.getCommandSpec());
        HelpLayout.applyToRoot(line);
        Converters.addTo(line);
        Terminal terminal = surroundings.terminal();
        line.setOut(writer(terminal.out()));
        line.setErr(writer(terminal.err()));
        line.setColorScheme(Help.defaultColorScheme(terminal.features().colour() ? Help.Ansi.ON : Help.Ansi.OFF));
        line.setUsageHelpWidth(Math.clamp(terminal.features().width(), 60, 120));
        line.setParameterExceptionHandler((wrong, arguments) -> misused(wrong));
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure));
        return line;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    private int misused(ParameterException wrong) {
        String verb = wrong.getCommandLine().getCommandSpec().qualifiedName(" ");
        if (wrong instanceof UnmatchedArgumentException unmatched && verb.equals("stasis")) {
            return unknownVerb(unmatched);
        }
        surroundings.terminal().err().println(SafeText.line("ERROR (Usage): " + wrong.getMessage()));
        surroundings.terminal().err().println(SafeText.line("Try '" + verb + " --help'."));
        return ExitCode.USAGE.status();
    }

    private int unknownVerb(UnmatchedArgumentException unmatched) {
        List<String> near = unmatched.getSuggestions();
        surroundings
                .terminal()
                .err()
                .println(SafeText.line(
                        "ERROR (Usage): '" + unmatched.getUnmatched().getFirst() + "' is not a verb"
                                + (near.isEmpty() ? "" : "; did you mean: " + String.join(", ", near) + "?")));
        surroundings.terminal().err().println("Try 'stasis --help'.");
        return ExitCode.USAGE.status();
    }

    private int failed(Exception thrown) {
        Failure failure = thrown instanceof Failure known
                ? known
                : Failure.local(
                        FailureType.INTERNAL,
                        "unexpected " + thrown + "; this is a defect of the command line (--debug shows where)");
        if (options.debug() && failure != thrown) {
            thrown.printStackTrace(surroundings.terminal().err());
        }
        surroundings.terminal().err().println(SafeText.line(failure.line()));
        return failure.exitCode().status();
    }
}
