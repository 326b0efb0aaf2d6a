package cloud.stasis.cli.verb.client;

import cloud.stasis.cli.cloud.Cloud;
import cloud.stasis.cli.cloud.Compute.ServerFilter;
import cloud.stasis.cli.cloud.Resource;
import cloud.stasis.cli.cloud.RowLimit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// What the completion of picocli does not know: options that say no, and names of what there is in the cloud.
/// Whatever verbs call a server is one; the shell asks us for them, and keeps them for a moment.
final class NameCompletion {
    /// What there is, by the labels of parameters and options.
    private static final Map<String, Function<Cloud, List<? extends Resource>>> KINDS = new TreeMap<>(Map.of(
            "SERVER",
                    cloud -> cloud.compute()
                            .servers(new ServerFilter(Optional.empty(), Optional.empty(), false), RowLimit.DEFAULT)
                            .rows(),
            "FLAVOR", cloud -> cloud.compute().flavors(),
            "IMAGE", cloud -> cloud.images().list(RowLimit.DEFAULT).rows(),
            "VOLUME", cloud -> cloud.volumes().list(RowLimit.DEFAULT).rows(),
            "SNAPSHOT",
                    cloud -> cloud.snapshots()
                            .list(Optional.empty(), RowLimit.DEFAULT)
                            .rows(),
            "INSTANT", cloud -> cloud.instants().list(RowLimit.DEFAULT).rows(),
            "POLICY", cloud -> cloud.policies().list()));

    /// `%s` are the kinds of each verb's options, those of each verb's parameters, and each verb's options that say no.
    private static final String SCRIPT = """

            # Names of what there is in the cloud, asked for by stasis itself and kept for some seconds.
            _stasis_named='' _stasis_names='' _stasis_named_at=-99
            function _stasis_kinds() {
                case "$1:$2" in
            %s    esac
                case "$2" in -*) return ;; esac
                case "$1" in
            %s    esac
            }
            function _stasis_negated() {
                case "$1" in
            %s    esac
            }
            function _complete_stasis_names() {
                local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb='' kinds name
                _complete_stasis "$@"
                for name in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
                    case "$name" in -*) ;; *) verb=$name; break ;; esac
                done
                case "$word" in --no*)
                    for name in $(_stasis_negated "$verb"); do
                        [[ $name == "$word"* ]] && COMPREPLY+=("$name")
                    done ;;
                esac
                [ ${#COMPREPLY[@]} -eq 0 ] || return 0
                case "$word" in -*) return 0 ;; esac
                kinds=$(_stasis_kinds "$verb" "$previous")
                [ -n "$kinds" ] || return 0
                if [ "$kinds" != "$_stasis_named" ] || ((SECONDS - _stasis_named_at > 20)); then
                    _stasis_names=$(stasis completion --names "$kinds" 2>/dev/null </dev/null)
                    _stasis_named=$kinds _stasis_named_at=$SECONDS
                fi
                while IFS= read -r name; do
                    [[ -n $name && $name == "$word"* ]] && COMPREPLY+=("$(printf '%%q' "$name")")
                done <<< "$_stasis_names"
                return 0
            }
            complete -F _complete_stasis_names -o default stasis
            """;

    private NameCompletion() {}

    /// @param program with all verbs registered
    static String script(CommandSpec program) {
        StringBuilder options = new StringBuilder();
        StringBuilder parameters = new StringBuilder();
        StringBuilder negated = new StringBuilder();
        program.subcommands().forEach((name, line) -> {
            CommandSpec verb = line.getCommandSpec();
            verb.options().stream()
                    .filter(option -> KINDS.containsKey(option.paramLabel())
                            && option.arity().max() > 0)
                    .forEach(option -> {
                        for (String word : option.names()) {
                            options.append(arm(name + ":" + word, option.paramLabel() + "'; return"));
                        }
                    });
            String words = negated(verb);
            if (!words.isEmpty()) {
                negated.append(arm(name, words + "'"));
            }
            String kinds = kinds(verb);
            if (!kinds.isEmpty()) {
                parameters.append(arm(name, kinds + "'"));
            }
        });
        return SCRIPT.formatted(options, parameters, negated);
    }

    private static String arm(String pattern, String kinds) {
        return "        " + pattern + ") echo '" + kinds + " ;;\n";
    }

    private static String negated(CommandSpec verb) {
        return verb.options().stream()
                .filter(OptionSpec::negatable)
                .flatMap(option -> Arrays.stream(option.names()))
                .map(word -> word.replaceFirst("^--", "--no-"))
                .collect(Collectors.joining(" "));
    }

    private static String kinds(CommandSpec verb) {
        return verb.positionalParameters().stream()
                .map(ArgSpec::paramLabel)
                .filter(KINDS::containsKey)
                .distinct()
                .collect(Collectors.joining(","));
    }

    /// The names of everything of these kinds, one a line. What cannot stand in a line is left out.
    ///
    /// @param kinds with commas between them
    static String names(Cloud cloud, String kinds) {
        TreeSet<String> names = new TreeSet<>();
        for (String kind : kinds.split(",")) {
            Objects.requireNonNull(KINDS.getOrDefault(kind, _ -> List.of()))
                    .apply(cloud)
                    .forEach(thing -> names.add(thing.name()));
        }
        return names.stream()
                .filter(name -> !name.isBlank() && name.codePoints().noneMatch(Character::isISOControl))
                .map(name -> name + "\n")
                .collect(Collectors.joining());
    }
}
