package cloud.stasis.machine;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// What a guest sees of its CPU: a model by the name that the hypervisor has for it, and what is different.
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
        return new StasisException(ErrorCode.MALFORMED_OBJECT, "the CPU in a device archive is none");
    }
}
