package cloud.stasis.cli.cloud;

import com.fasterxml.jackson.databind.JsonNode;

/// A size that servers come in.
public record Flavor(JsonNode json) implements Resource {}
