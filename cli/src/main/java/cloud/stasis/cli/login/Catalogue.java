package cloud.stasis.cli.login;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.Optional;

/// Where the services are, as the identity service told it with the token.
record Catalogue(JsonNode services) {
    private static final String IDENTITY_PATH = "/identity/v3";
    private static final String SNAPSHOT_PATH = "/snapshot/v1";

    /// The base address of a service, without a slash at its end.
    URI endpoint(ServiceType service, Settings settings) {
        for (String type : service.names()) {
            Optional<String> address = find(type, settings);
            if (address.isPresent()) {
                return URI.create(versioned(service, address.get().replaceAll("/+$", "")));
            }
        }
        return switch (service) {
            case IDENTITY -> settings.identity();
            case SNAPSHOT -> besideIdentity(settings).orElseThrow(() -> missing(service, settings));
            case COMPUTE, IMAGE, VOLUME -> throw missing(service, settings);
        };
    }

    private Optional<String> find(String type, Settings settings) {
        for (JsonNode service : services) {
            if (!type.equals(Json.text(service, "type"))) {
                continue;
            }
            for (JsonNode endpoint : service.path("endpoints")) {
                boolean inRegion = settings.region().isEmpty()
                        || settings.region().get().equals(Json.text(endpoint, "region"))
                        || settings.region().get().equals(Json.text(endpoint, "region_id"));
                if (inRegion && settings.endpointInterface().equals(Json.text(endpoint, "interface"))) {
                    return Optional.of(Json.text(endpoint, "url"));
                }
            }
        }
        return Optional.empty();
    }

    /// Glance is catalogued by its root as often as by its version.
    private static String versioned(ServiceType service, String address) {
        return service == ServiceType.IMAGE && !address.endsWith("/v2") ? address + "/v2" : address;
    }

    /// A cloud whose identity service is another one may not list us; then we are beside the address in use.
    private static Optional<URI> besideIdentity(Settings settings) {
        String identity = settings.identity().toString();
        return identity.endsWith(IDENTITY_PATH)
                ? Optional.of(
                        URI.create(identity.substring(0, identity.length() - IDENTITY_PATH.length()) + SNAPSHOT_PATH))
                : Optional.empty();
    }

    private static Failure missing(ServiceType service, Settings settings) {
        return Failure.local(
                FailureType.ENDPOINT_NOT_FOUND,
                "the cloud's catalogue has no " + settings.endpointInterface() + " endpoint of type '"
                        + service.names().getFirst() + "'"
                        + settings.region()
                                .map(region -> " in region '" + region + "'")
                                .orElse("")
                        + ". Does the login have a project?");
    }
}
