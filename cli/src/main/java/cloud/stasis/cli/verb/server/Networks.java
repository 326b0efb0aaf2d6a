package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// The networks of a boot request.
final class Networks {
    private Networks() {}

    static void addTo(ObjectNode server, List<String> nics) {
        if (nics.isEmpty()) {
            server.put("networks", "none");
        } else if (nics.size() == 1
                && (nics.getFirst().equals("none") || nics.getFirst().equals("auto"))) {
            server.put("networks", nics.getFirst());
        } else {
            ArrayNode networks = server.putArray("networks");
            nics.forEach(nic -> networks.add(parse(nic)));
        }
    }

    private static ObjectNode parse(String text) {
        ObjectNode network = Json.object();
        for (String pair : text.split(",")) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            String value = pair.substring(equals + 1);
            switch (key) {
                case "net-id" -> network.put("uuid", value);
                case "port-id" -> network.put("port", value);
                case "v4-fixed-ip", "v6-fixed-ip" -> network.put("fixed_ip", value);
                case "tag" -> network.put("tag", value);
                default ->
                    throw Failure.command("--nic '" + text + "': it is 'none', 'auto', or net-id=ID[,v4-fixed-ip=IP]");
            }
        }
        return network;
    }
}
