package cloud.stasis.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a guest sees of its CPU, or may see on a host: a model by the name that the hypervisor has for it, and what is
/// different.
public record Cpu(String model, List<Feature> features) {
    /// As in the hypervisor's own lists; there are some hundred features.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private static final int MAX_FEATURES = 512;

    public Cpu {
        features = List.copyOf(features);
        if (!NAME.matcher(model).matches()
                || features.size() > MAX_FEATURES
                || !features.stream().map(Feature::name).allMatch(new HashSet<>()::add)) {
            throw malformed();
        }
    }

    /// Whether a guest with this CPU can go on on a host, mid-instruction. It is known only of the same model: then it
    /// misses what it has beyond the model and the host has not, and what the host lacks of the model and it has.
    ///
    /// @param host what the host offers to its guests
    /// @return what it would miss, by name; empty if it can go on
    public List<String> missingOn(Cpu host) {
        if (!model.equals(host.model)) {
            return List.of(model);
        }
        List<String> missing = new ArrayList<>(named(Presence.THERE));
        missing.removeAll(host.named(Presence.THERE));
        List<String> lacking = new ArrayList<>(host.named(Presence.NOT_THERE));
        lacking.removeAll(named(Presence.NOT_THERE));
        missing.addAll(lacking);
        return missing.stream().distinct().sorted().toList();
    }

    private Set<String> named(Presence presence) {
        return features.stream()
                .filter(feature -> feature.presence() == presence)
                .map(Feature::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    public record Feature(String name, Presence presence) {
        public Feature {
            if (!NAME.matcher(name).matches()) {
                throw malformed();
            }
        }
    }

    public enum Presence {
        THERE,
        NOT_THERE
    }

    private static StasisException malformed() {
        return new StasisException(ErrorCode.MALFORMED_OBJECT, "this is no CPU");
    }
}
