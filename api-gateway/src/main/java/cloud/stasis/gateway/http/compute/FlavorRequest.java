package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Flavor;
import cloud.stasis.gateway.compute.Flavor.Visibility;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Microversion;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The body of `POST /flavors`.
final class FlavorRequest {
    private static final Pattern ID = Pattern.compile("(?! )[a-zA-Z0-9. _-]{1,255}(?<! )");
    private static final int MAX_DESCRIPTION = 65535;
    private static final double STANDARD_RXTX = 1.0;

    private FlavorRequest() {}

    static Flavor of(@Nullable JsonNode body, Microversion version) {
        JsonFields fields = JsonFields.of(body).only("flavor").object("flavor");
        fields.only(
                "name",
                "ram",
                "vcpus",
                "disk",
                "OS-FLV-EXT-DATA:ephemeral",
                "swap",
                "rxtx_factor",
                "id",
                "os-flavor-access:is_public",
                version.atLeast(2, 55) ? "description" : "name");
        String name = fields.text("name", FlavorsResource.MAX_TEXT);
        return new Flavor(
                id(body, fields),
                name.strip(),
                fields.optionalText("description", MAX_DESCRIPTION),
                atLeast(fields, "vcpus", 1),
                atLeast(fields, "ram", 1),
                atLeast(fields, "disk", 0),
                fields.optionalNumber("OS-FLV-EXT-DATA:ephemeral").orElse(0),
                fields.optionalNumber("swap").orElse(0),
                rxtx(body),
                fields.optionalLooseFlag("os-flavor-access:is_public").orElse(true)
                        ? Visibility.PUBLIC
                        : Visibility.PRIVATE,
                Map.of());
    }

    private static int atLeast(JsonFields fields, String name, int least) {
        Optional<Integer> number = fields.optionalNumber(name);
        if (number.isEmpty() || number.get() < least) {
            throw bad("Invalid input for field/attribute " + name + ": a whole number of at least " + least
                    + " is required.");
        }
        return number.get();
    }

    private static String id(@Nullable JsonNode body, JsonFields fields) {
        JsonNode id = body == null ? null : body.path("flavor").get("id");
        if (id == null || id.isNull() || fields.isText("id") && id.textValue().equals("auto")) {
            return UUID.randomUUID().toString();
        }
        if (!id.isTextual() && !id.isIntegralNumber()
                || !ID.matcher(id.asText()).matches()) {
            throw bad("Invalid input for field/attribute id: 1 to 255 letters, digits, blanks, '.', '_' and '-', no"
                    + " blank at its ends.");
        }
        return id.asText();
    }

    private static double rxtx(@Nullable JsonNode body) {
        JsonNode factor = body == null ? null : body.path("flavor").get("rxtx_factor");
        if (factor == null || factor.isNull()) {
            return STANDARD_RXTX;
        }
        double value = factor.asDouble(-1);
        if (!(value > 0 && value < Float.MAX_VALUE)) {
            throw bad("Invalid input for field/attribute rxtx_factor: a positive number is required.");
        }
        return value;
    }

    private static FaultException bad(String message) {
        return new FaultException(400, message);
    }
}
