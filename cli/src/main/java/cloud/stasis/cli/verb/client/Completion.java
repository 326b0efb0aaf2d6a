package cloud.stasis.cli.verb.client;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        description = "Print a script that completes verbs and options in the shell.",
        footer = {
            "",
            "Examples:",
            "  source <(stasis completion bash)",
            "  stasis completion bash > /etc/bash_completion.d/stasis"
        })
public final class Completion extends Verb {
    /// One script serves both: in zsh it loads bashcompinit.
    private enum Shell {
        BASH,
        ZSH
    }

    @Parameters(arity = "0..1", paramLabel = "SHELL", description = "bash or zsh (bash)")
    private Shell shell = Shell.BASH;

    @Spec
    private @Nullable CommandSpec spec;

    public Completion(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        CommandSpec self = Objects.requireNonNull(spec);
        output().print(AutoComplete.bash("stasis", self.root().commandLine()));
        return ExitCode.OK;
    }
}
