package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.fleet.Backend;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.BackendId;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What backends offer, against what types of volumes ask for in their extra specs.
///
/// A spec without a scope, or of the scope `capabilities`, must be what a backend says of itself; one of
/// another scope is for somebody else and passed over, as in Cinder.
public final class VolumeOffer {
    private static final String NAME = "volume_backend_name";

    /// What all backends say of themselves, beside their names.
    private static final Map<String, String> CAPABILITIES = Map.of(
            "vendor_name", "Stasis",
            "storage_protocol", "file",
            "driver_version", "1");

    private static final Pattern SCOPED = Pattern.compile("([^:]+):(.+)");
    private static final Pattern IS = Pattern.compile("<(?:is|in)>\\s*(.+)");

    private final VolumeTypes types;
    private final Shelf<Encryption> encryptions;
    private final Shelf<UserMessage> messages;
    private final Fleet fleet;
    private final Clock clock;

    public VolumeOffer(
            VolumeTypes types, Shelf<Encryption> encryptions, Shelf<UserMessage> messages, Fleet fleet, Clock clock) {
        this.types = types;
        this.encryptions = encryptions;
        this.messages = messages;
        this.fleet = fleet;
        this.clock = clock;
    }

    /// What a backend says of itself.
    public static Map<String, String> said(Backend backend) {
        Map<String, String> said = new TreeMap<>(CAPABILITIES);
        said.put(NAME, backend.name());
        return said;
    }

    /// Whether the backend of this volume offers what its type asks for.
    boolean isOffered(Volume volume) {
        return isOffered(volume.nature().type(), volume.backend());
    }

    boolean isOffered(Optional<VolumeTypeId> type, BackendId at) {
        return fleet.backends().stream()
                .filter(backend -> backend.id().equals(at))
                .allMatch(backend -> isOffered(type, backend));
    }

    /// Those that offer what a type asks for. One that asks for no name is for those that have the standard one, if
    /// there are any.
    List<Backend> offering(Optional<VolumeTypeId> type, List<Backend> backends) {
        List<Backend> offering =
                backends.stream().filter(backend -> isOffered(type, backend)).toList();
        List<Backend> standard = offering.stream()
                .filter(backend -> backend.name().equals(Backend.STANDARD_NAME))
                .toList();
        return standard.isEmpty() ? offering : standard;
    }

    private boolean isOffered(Optional<VolumeTypeId> asked, Backend backend) {
        // Nothing here encrypts.
        if (asked.flatMap(type -> encryptions.find(type.value())).isPresent()) {
            return false;
        }
        Map<String, String> said = said(backend);
        return asked.flatMap(types::find)
                .map(type -> type.extraSpecs().entrySet().stream()
                        .allMatch(spec -> isOffered(said, spec.getKey(), spec.getValue())))
                .orElse(true);
    }

    private static boolean isOffered(Map<String, String> said, String key, String wanted) {
        String name = key;
        Matcher scoped = SCOPED.matcher(key);
        if (scoped.matches()) {
            if (!scoped.group(1).equals("capabilities")) {
                return true;
            }
            name = scoped.group(2);
        }
        String offered = said.get(name);
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
