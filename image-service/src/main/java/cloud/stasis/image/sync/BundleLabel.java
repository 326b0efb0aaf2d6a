package cloud.stasis.image.sync;

import cloud.stasis.messages.BundleChoice;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a list of bundles says of one.
///
/// @param name as its owner gave it
/// @param project that owns it
record BundleLabel(
        ReferenceName reference, ManifestId manifest, Optional<String> name, Optional<String> project, long size) {

    static BundleLabel of(ReferenceName reference, ManifestId id, Manifest manifest) {
        return new BundleLabel(
                reference,
                id,
                Optional.ofNullable(manifest.metadata().get("name")),
                Optional.ofNullable(manifest.metadata().get("project")),
                manifest.logicalSize().bytes());
    }

    boolean isMeantBy(BundleChoice choice) {
        if (!choice.bundles().isEmpty()) {
            return choice.bundles().contains(reference);
        }
        return choice.kind().map(kind -> kind == reference.kind()).orElse(reference.kind() != ReferenceName.Kind.STATE)
                && choice.project()
                        .filter(wanted -> !Optional.of(wanted).equals(project))
                        .isEmpty()
                && choice.name().filter(wanted -> !matches(wanted)).isEmpty();
    }

    private boolean matches(String wanted) {
        StringBuilder pattern = new StringBuilder();
        for (String literal : wanted.split("\\*", -1)) {
            pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
        }
        return Pattern.compile(pattern.toString(), Pattern.DOTALL)
                .matcher(name.orElse(""))
                .matches();
    }
}
