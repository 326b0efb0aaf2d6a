package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/// QEMU's monitor of one machine, through libvirt, for what libvirt has no words for.
record Monitor(Domain domain) {
    private static final Logger LOG = Logger.getLogger(Monitor.class);
    private static final int JSON_COMMAND = 0;

    /// @throws StasisException `HYPERVISOR_FAILED` if QEMU refuses
    JsonNode ask(String command, Map<String, ?> arguments) throws LibvirtException {
        JsonNode answer = answer(command, arguments);
        if (answer.has("error")) {
            LOG.warnf(
                    "QEMU refused command=%s said=%s",
                    command, answer.path("error").path("desc").asText());
            throw new StasisException(
                    ErrorCode.HYPERVISOR_FAILED,
                    command + " was refused: "
                            + answer.path("error").path("class").asText());
        }
        return answer.path("return");
    }

    /// Whether QEMU did it.
    boolean tries(String command, Map<String, ?> arguments) throws LibvirtException {
        return !answer(command, arguments).has("error");
    }

    /// All or none.
    void together(List<Map<String, Object>> actions) throws LibvirtException {
        ask("transaction", Map.of("actions", actions));
    }

    static Map<String, Object> action(String type, Map<String, ?> data) {
        return Map.of("type", type, "data", data);
    }

    private JsonNode answer(String command, Map<String, ?> arguments) throws LibvirtException {
        try {
            String question =
                    MessageCodec.mapper().writeValueAsString(Map.of("execute", command, "arguments", arguments));
            return MessageCodec.mapper().readTree(domain.qemuMonitorCommand(question, JSON_COMMAND));
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.HYPERVISOR_FAILED, "QEMU's answer could not be read", e);
        }
    }
}
