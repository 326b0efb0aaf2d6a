package cloud.stasis.compute.hypervisor;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.StasisException;
import java.util.Map;

/// The bridge of this host that is a network of the operator. What a bundle says of networks is never the name of a
/// bridge.
public record Bridges(Map<NetworkId, String> names) {
    public static final Bridges NONE = new Bridges(Map.of());

    public Bridges {
        names = Map.copyOf(names);
    }

    public boolean has(NetworkId network) {
        return names.containsKey(network);
    }

    public String of(NetworkId network) {
        String name = names.get(network);
        if (name == null) {
            throw new StasisException(ErrorCode.WRONG_STATE, "this host does not reach network " + network);
        }
        return name;
    }
}
