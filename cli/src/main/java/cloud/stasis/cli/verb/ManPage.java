package cloud.stasis.cli.verb;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The manual page in the language of `man`, made of what the verbs say about themselves, so that the two cannot
/// disagree. picocli's own generator writes AsciiDoc, which needs a further tool to become a page.
final class ManPage {
    private final StringBuilder page = new StringBuilder();

    private ManPage() {}

    /// @param program with all verbs registered
    static String of(CommandSpec program) {
        ManPage man = new ManPage();
        man.line(".TH STASIS 1 \"\" \"stasis " + escaped(ProgramVersion.TEXT) + "\" \"User Commands\"");
        man.section("NAME").text("stasis - servers, images and whole-machine snapshots of a Stasis cloud");
        man.section("SYNOPSIS").line(".B stasis").text("[OPTIONS] VERB [ARGUMENTS]");
        man.section("DESCRIPTION").description(program);
        for (VerbEntry.Group group : VerbEntry.Group.values()) {
            man.section(group.title());
            VerbEntry.ALL.stream().filter(verb -> verb.group() == group).forEach(verb -> man.verb(program, verb));
        }
        man.section("Options of every verb");
        program.options().forEach(man::option);
        man.section("Exit status and examples").footer(program);
        man.section("Files")
                .text("clouds.yaml in the working directory, in ~/.config/openstack or in /etc/openstack: logins.")
                .line(".PP")
                .text("~/.cache/stasis/logins: tokens kept between commands.");
        return man.page.toString();
    }

    private void verb(CommandSpec program, VerbEntry entry) {
        CommandSpec verb =
                Objects.requireNonNull(program.subcommands().get(entry.name())).getCommandSpec();
        List<String> synopsis = new ArrayList<>(List.of("stasis", entry.name(), "[OPTIONS]"));
        verb.positionalParameters().forEach(parameter -> synopsis.add(shown(parameter)));
        line(".SS " + escaped(String.join(" ", synopsis)));
        description(verb);
        verb.options().stream()
                .filter(option -> !option.inherited() && !option.hidden() && !option.usageHelp())
                .forEach(this::option);
        footer(verb);
    }

    private static String shown(PositionalParamSpec parameter) {
        String label = parameter.paramLabel() + (parameter.arity().max() > 1 ? "..." : "");
        return parameter.arity().min() == 0 ? "[" + label + "]" : label;
    }

    private void option(OptionSpec option) {
        List<String> names = new ArrayList<>();
        for (String name : option.names()) {
            String negatable = option.negatable() ? name.replaceFirst("^--", "--[no-]") : name;
            names.add(option.arity().max() > 0 ? negatable + "=" + option.paramLabel() : negatable);
        }
        line(".TP").line(".B " + escaped(String.join(", ", names)));
        text(String.join(" ", option.description()));
    }

    private void description(CommandSpec spec) {
        text(Ansi.OFF.string(String.join(" ", spec.usageMessage().description()).replace("%n", "")));
    }

    /// Footers are examples: their lines stay lines.
    private void footer(CommandSpec spec) {
        String[] footer = spec.usageMessage().footer();
        if (footer.length > 0) {
            line(".PP").line(".nf");
            for (String line : footer) {
                text(line);
            }
            line(".fi");
        }
    }

    private ManPage section(String title) {
        return line(".SH " + title.toUpperCase(Locale.ROOT));
    }

    private ManPage text(String text) {
        String escaped = escaped(text);
        // A line that begins with a dot or an apostrophe would be a command.
        return line(escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped);
    }

    private ManPage line(String line) {
        page.append(line).append('\n');
        return this;
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-");
    }
}
