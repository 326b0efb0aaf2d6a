package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Profile;
import cloud.stasis.gateway.compute.Remarks;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.model.ImageId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What a client wants of a rebuild. Personality, user data and certificates are checked for their form and
/// otherwise ignored, as when a server is made.
///
/// @param change to what the tenant says of the server
record RebuildRequest(ImageId image, UnaryOperator<Profile> change, String adminPassword) {
    static RebuildRequest of(JsonFields asked, Microversion version) {
        asked.only(known(version));
        ServerRequest.remarks(asked, Remarks.NONE);
        ImageId image = ServerRequest.imageRef(asked.text("imageRef", ServerRequest.MAX_TEXT));
        Optional<String> name = asked.has("name") ? Optional.of(ServerRequest.name(asked)) : Optional.empty();
        Optional<String> hostname = asked.optionalText("hostname", ServerRequest.MAX_TEXT);
        Optional<Map<String, String>> metadata =
                asked.optionalTextMap("metadata", ServerRequest.MAX_TEXT, ServerRequest.MAX_TEXT);
        boolean describes = asked.has("description");
        Optional<String> description = asked.optionalText("description", ServerRequest.MAX_TEXT);
        asked.optionalText("user_data", ServerRequest.MAX_USER_DATA);
        UnaryOperator<Profile> change = profile -> {
            Profile named = name.map(profile::named).orElse(profile);
            Profile hosted = hostname.map(named::hosted).orElse(named);
            Profile described = describes ? hosted.described(description) : hosted;
            Profile remarked = described.remarked(ServerRequest.remarks(asked, profile.remarks()));
            return metadata.map(remarked::with).orElse(remarked);
        };
        String password =
                asked.optionalText("adminPass", ServerRequest.MAX_TEXT).orElseGet(ServerRequest::freshPassword);
        return new RebuildRequest(image, change, password);
    }

    private static String[] known(Microversion version) {
        List<String> known = new ArrayList<>(List.of(
                "imageRef",
                "name",
                "adminPass",
                "metadata",
                "preserve_ephemeral",
                "OS-DCF:diskConfig",
                "accessIPv4",
                "accessIPv6"));
        if (!version.atLeast(2, 57)) {
            known.add("personality");
        }
        if (version.atLeast(2, 19)) {
            known.add("description");
        }
        if (version.atLeast(2, 54)) {
            known.add("key_name");
        }
        if (version.atLeast(2, 57)) {
            known.add("user_data");
        }
        if (version.atLeast(2, 63)) {
            known.add("trusted_image_certificates");
        }
        if (version.atLeast(2, 90)) {
            known.add("hostname");
        }
        return known.toArray(String[]::new);
    }
}
