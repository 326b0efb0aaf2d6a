package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.Guests.FileSystem;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/// What a guest says of its mounted file systems. It is free to say anything: only a little of it is taken, and only
/// what can be shown.
final class GuestFileSystems {
    private static final Logger LOG = Logger.getLogger(GuestFileSystems.class);
    private static final JsonMapper JSON = new JsonMapper();

    /// More are not named one by one in a receipt.
    static final int MAX_NAMED = 32;

    private static final int MAX_TEXT = 128;
    private static final int MAX_ANSWER = 1 << 20;
    private static final int ANSWER_SECONDS = 2;

    private GuestFileSystems() {}

    /// Those that lie on disks, which are the ones that an agent freezes; none if it does not say.
    static List<FileSystem> of(Domain domain) {
        try {
            return parse(domain.qemuAgentCommand("{\"execute\":\"guest-get-fsinfo\"}", ANSWER_SECONDS, 0));
        } catch (LibvirtException e) {
            LOG.debugf("A guest did not tell its file systems said=%s", e.getMessage());
            return List.of();
        }
    }

    static List<FileSystem> parse(String answer) {
        List<FileSystem> found = new ArrayList<>();
        if (answer.length() > MAX_ANSWER) {
            return found;
        }
        try {
            for (JsonNode each : JSON.readTree(answer).path("return")) {
                String mountpoint = text(each.path("mountpoint"));
                if (!mountpoint.isEmpty() && found.size() < MAX_NAMED) {
                    found.add(new FileSystem(mountpoint, text(each.path("type"))));
                }
            }
        } catch (JsonProcessingException e) {
            LOG.debugf("A guest told its file systems in no JSON");
        }
        return found;
    }

    private static String text(JsonNode node) {
        String text = node.asText("")
                .codePoints()
                .filter(point -> !Character.isISOControl(point)
                        && Character.isDefined(point)
                        && !(point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE))
                .limit(MAX_TEXT)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return text;
    }
}
