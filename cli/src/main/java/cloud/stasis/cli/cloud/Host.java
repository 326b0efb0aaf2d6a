package cloud.stasis.cli.cloud;

import com.fasterxml.jackson.databind.JsonNode;

/// A machine that servers run on, as operators see it.
public record Host(JsonNode json) implements Resource {
    @Override
    public String name() {
        return text("hypervisor_hostname");
    }
}
