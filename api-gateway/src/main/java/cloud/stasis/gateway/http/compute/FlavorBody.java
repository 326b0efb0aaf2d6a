package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Flavor;
import cloud.stasis.gateway.compute.Flavor.Visibility;
import cloud.stasis.gateway.http.Microversion;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// A flavor as the compute API shows it.
@ApplicationScoped
class FlavorBody {
    private final Links links;

    FlavorBody(Links links) {
        this.links = links;
    }

    Map<String, Object> summary(Flavor flavor, Microversion version) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", flavor.id());
        body.put("name", flavor.name());
        body.put("links", links.of("flavors/" + flavor.id()));
        if (version.atLeast(2, 55)) {
            body.put("description", flavor.description().orElse(null));
        }
        return body;
    }

    Map<String, Object> detail(Flavor flavor, Microversion version) {
        Map<String, Object> body = summary(flavor, version);
        body.put("ram", flavor.memoryMib());
        body.put("disk", flavor.diskGib());
        body.put("vcpus", flavor.vcpus());
        body.put("OS-FLV-EXT-DATA:ephemeral", flavor.ephemeralGib());
        // Nova wrote "" for none until 2.75.
        body.put("swap", flavor.swapMib() == 0 && !version.atLeast(2, 75) ? "" : flavor.swapMib());
        body.put("rxtx_factor", flavor.rxtxFactor());
        body.put("OS-FLV-DISABLED:disabled", false);
        body.put("os-flavor-access:is_public", flavor.visibility() == Visibility.PUBLIC);
        if (version.atLeast(2, 61)) {
            body.put("extra_specs", new TreeMap<>(flavor.extraSpecs()));
        }
        return body;
    }
}
