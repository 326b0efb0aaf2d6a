package cloud.stasis.cli.cloud;

import com.fasterxml.jackson.databind.JsonNode;

/// Something that an API tells of and that is only shown: a key pair, a server group, what was done with a server.
public record Named(JsonNode json) implements Resource {}
