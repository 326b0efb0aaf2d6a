package cloud.stasis.cli.verb;

import cloud.stasis.cli.verb.VerbEntry.Group;
import cloud.stasis.cli.verb.server.ServerChange;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// How help is laid out: verbs in groups, and for one verb only the options that are its own.
final class HelpLayout {
    private static final int WIDEST =
            VerbEntry.ALL.stream().mapToInt(verb -> verb.name().length()).max().orElseThrow();

    private HelpLayout() {}

    static void applyToRoot(CommandLine line) {
        Map<String, CommandLine.IHelpSectionRenderer> sections = line.getHelpSectionMap();
        sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, help -> "");
        sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, HelpLayout::verbs);
        sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING, help -> "\nOptions:\n");
        // Of the specification: CommandLine.setHelpSectionKeys would change the verbs as well.
        line.getCommandSpec()
                .usageMessage()
                .sectionKeys(List.of(
                        UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING,
                        UsageMessageSpec.SECTION_KEY_SYNOPSIS,
                        UsageMessageSpec.SECTION_KEY_DESCRIPTION,
                        UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
                        UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING,
                        UsageMessageSpec.SECTION_KEY_OPTION_LIST,
                        UsageMessageSpec.SECTION_KEY_FOOTER));
        line.getCommandSpec()
                .usageMessage()
                .sortOptions(false)
                .footer(
                        "",
                        "Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 still going on when the wait ran "
                                + "out, 130 interrupted.",
                        "",
                        "Examples:",
                        "  stasis boot --image demo --flavor m1.tiny --poll web-1",
                        "  stasis snapshot-create --memory web-1 before-upgrade",
                        "  stasis snapshot-revert before-upgrade",
                        "  stasis help snapshot-revert");
    }

    static void applyToVerb(CommandLine verb, VerbEntry entry) {
        UsageMessageSpec usage = verb.getCommandSpec().usageMessage();
        verb.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("show this help")
                        .build());
        usage.abbreviateSynopsis(true).sortOptions(false);
        if (verb.getCommand() instanceof ServerChange change) {
            usage.description(change.description()).footer(change.examples());
        }
        verb.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpLayout::ownOptions);
        usage.parameterListHeading("%n").optionListHeading("%n");
        verb.getHelpSectionMap()
                .put(
                        UsageMessageSpec.SECTION_KEY_FOOTER,
                        help -> "\nOptions of every verb (--json, --os-cloud, ...): stasis --help\n" + help.footer());
    }

    private static String ownOptions(Help help) {
        List<OptionSpec> own = help.commandSpec().options().stream()
                .filter(option -> !option.inherited() && !option.hidden())
                .toList();
        return help.optionListExcludingGroups(own);
    }

    private static String verbs(Help help) {
        StringBuilder text = new StringBuilder();
        for (Group group : Group.values()) {
            text.append('\n').append(group.title()).append(":\n");
            for (VerbEntry entry : VerbEntry.ALL) {
                if (entry.group() == group) {
                    CommandLine verb = Objects.requireNonNull(
                            help.commandSpec().subcommands().get(entry.name()));
                    String[] description = verb.getCommandSpec().usageMessage().description();
                    text.append("  ")
                            .append(entry.name())
                            .repeat(' ', Math.max(1, WIDEST - entry.name().length() + 2))
                            .append(description.length == 0 ? "" : description[0])
                            .append('\n');
                }
            }
        }
        return text.toString();
    }
}
