package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What backends offer, against what types of volumes ask for in their extra specs.
///
/// A spec without a scope, or of the scope `capabilities`, must be what all backends say of themselves; one of
/// another scope is for somebody else and passed over, as in Cinder.
public final class VolumeOffer {
    /// What each backend says of itself.
    public static final Map<String, String> CAPABILITIES = Map.of(
            "volume_backend_name", "stasis",
            "vendor_name", "Stasis",
            "storage_protocol", "file",
            "driver_version", "1");

    private static final Pattern SCOPED = Pattern.compile("([^:]+):(.+)");
    private static final Pattern IS = Pattern.compile("<(?:is|in)>\\s*(.+)");

    private final VolumeTypes types;
    private final Shelf<Encryption> encryptions;
    private final Shelf<UserMessage> messages;
    private final Clock clock;

    public VolumeOffer(VolumeTypes types, Shelf<Encryption> encryptions, Shelf<UserMessage> messages, Clock clock) {
        this.types = types;
        this.encryptions = encryptions;
        this.messages = messages;
        this.clock = clock;
    }

    /// Whether there is a backend for the type of this volume.
    boolean isOffered(Volume volume) {
        Optional<VolumeTypeId> asked = volume.nature().type();
        // Nothing here encrypts.
        if (asked.flatMap(type -> encryptions.find(type.value())).isPresent()) {
            return false;
        }
        return asked.flatMap(types::find)
                .map(type -> type.extraSpecs().entrySet().stream()
                        .allMatch(spec -> isOffered(spec.getKey(), spec.getValue())))
                .orElse(true);
    }

    private static boolean isOffered(String key, String wanted) {
        String name = key;
        Matcher scoped = SCOPED.matcher(key);
        if (scoped.matches()) {
            if (!scoped.group(1).equals("capabilities")) {
                return true;
            }
            name = scoped.group(2);
        }
        String offered = CAPABILITIES.get(name);
        Matcher is = IS.matcher(wanted);
        // What no backend speaks of is a note of the operator's.
        return offered == null || offered.equals(is.matches() ? is.group(1) : wanted);
    }

    void sayThatNobodyOffers(Caller caller, Volume volume) {
        messages.add(new UserMessage(
                UUID.randomUUID(),
                volume.project(),
                volume.id(),
                "VOLUME_VOLUME_001_002",
                "schedule allocate volume:Could not find any available weighted backend.",
                caller.requestId(),
                clock.instant()));
    }
}
