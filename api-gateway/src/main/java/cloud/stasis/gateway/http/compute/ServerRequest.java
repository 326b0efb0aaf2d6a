package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.NewServer;
import cloud.stasis.gateway.compute.Profile;
import cloud.stasis.gateway.compute.Remarks;
import cloud.stasis.gateway.compute.Remarks.DiskConfig;
import cloud.stasis.gateway.device.WantedNic;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The body of `POST /servers`, as clients write it.
///
/// What needs a network is refused unless it asks for none, or for whatever there is; what has no meaning here
/// (security groups, user data, personality, most scheduler hints) is checked for its form and otherwise ignored.
record ServerRequest(
        NewServer server, Optional<String> keyName, Optional<String> adminPassword, boolean wantsReservation) {
    static final int MAX_TEXT = 255;
    private static final int MAX_METADATA_VALUE = 255;
    static final int MAX_USER_DATA = 65535;
    private static final int MAX_DISKS = 20;
    private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
    private static final Pattern IPV6_LETTERS = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final Pattern TAG = Pattern.compile("[^,/]{1," + Profile.MAX_TAG_LENGTH + "}");

    static ServerRequest of(@Nullable JsonNode body, Microversion version) {
        JsonFields fields = JsonFields.of(body)
                .only("server", "os:scheduler_hints", "OS-SCH-HNT:scheduler_hints")
                .object("server");
        Optional<UUID> group = group(JsonFields.of(body));
        fields.only(known(version));
        fields.optionalText("user_data", MAX_USER_DATA);
        List<WantedNic> nics = networks(fields, version);
        checkSecurityGroups(fields);
        String name = name(fields);
        int least = count(fields, "min_count").orElse(1);
        int most = count(fields, "max_count").orElse(least);
        if (least > most) {
            throw bad("min_count must be <= max_count");
        }
        Optional<String> key = fields.optionalText("key_name", MAX_TEXT);
        Profile profile = new Profile(
                name,
                version.atLeast(2, 19) ? fields.optionalText("description", MAX_TEXT) : Optional.empty(),
                fields.optionalText("hostname", MAX_TEXT).orElseGet(() -> Profile.hostname(name)),
                key,
                fields.optionalTextMap("metadata", MAX_TEXT, MAX_METADATA_VALUE).orElse(Map.of()),
                tags(fields.texts("tags", Profile.MAX_TAGS, Profile.MAX_TAG_LENGTH)),
                remarks(fields, Remarks.NONE),
                Optional.empty());
        BlockDevicesRequest disks = BlockDevicesRequest.of(fields, version);
        NewServer server =
                new NewServer(profile, flavor(body), disks.image(), disks.devices(), most, group, nics, disks.medium());
        return new ServerRequest(
                server,
                key,
                fields.optionalText("adminPass", MAX_TEXT),
                fields.optionalFlag("return_reservation_id").orElse(false));
    }

    /// The one hint that has a meaning here: the group that the server shall be a member of.
    private static Optional<UUID> group(JsonFields body) {
        return body.optionalObject("os:scheduler_hints")
                .or(() -> body.optionalObject("OS-SCH-HNT:scheduler_hints"))
                .flatMap(hints -> hints.optionalText("group", MAX_TEXT))
                .map(text -> {
                    try {
                        return UUID.fromString(text);
                    } catch (IllegalArgumentException e) {
                        throw bad("Invalid input for field/attribute group. Value: " + Faults.shortened(text));
                    }
                });
    }

    static Set<String> tags(List<String> tags) {
        for (String tag : tags) {
            if (!TAG.matcher(tag).matches()) {
                throw bad("Tag is not valid: 1 to " + Profile.MAX_TAG_LENGTH + " characters, no comma, no slash.");
            }
        }
        return new HashSet<>(tags);
    }

    static String name(JsonFields fields) {
        String name = fields.text("name", MAX_TEXT);
        if (name.codePoints().anyMatch(Character::isISOControl)) {
            throw bad("Invalid input for field/attribute name: control characters are not allowed.");
        }
        return name.strip();
    }

    private static String[] known(Microversion version) {
        List<String> known = new ArrayList<>(List.of(
                "name",
                "imageRef",
                "flavorRef",
                "adminPass",
                "metadata",
                "networks",
                "OS-DCF:diskConfig",
                "accessIPv4",
                "accessIPv6",
                "availability_zone",
                "block_device_mapping",
                "block_device_mapping_v2",
                "config_drive",
                "key_name",
                "min_count",
                "max_count",
                "return_reservation_id",
                "security_groups",
                "user_data"));
        if (!version.atLeast(2, 57)) {
            known.add("personality");
        }
        if (version.atLeast(2, 19)) {
            known.add("description");
        }
        if (version.atLeast(2, 52)) {
            known.add("tags");
        }
        if (version.atLeast(2, 63)) {
            known.add("trusted_image_certificates");
        }
        if (version.atLeast(2, 74)) {
            known.addAll(List.of("host", "hypervisor_hostname"));
        }
        if (version.atLeast(2, 90)) {
            known.add("hostname");
        }
        return known.toArray(String[]::new);
    }

    /// Who does not speak of networks gets none, as in a cloud without any.
    private static List<WantedNic> networks(JsonFields fields, Microversion version) {
        if (fields.isText("networks")) {
            String networks = fields.text("networks", MAX_TEXT);
            if (!version.atLeast(2, 37) || !networks.equals("auto") && !networks.equals("none")) {
                throw bad("Invalid input for field/attribute networks. It must be a list, auto or none.");
            }
            return networks.equals("auto") ? List.of(WantedNic.ANY) : List.of();
        }
        if (version.atLeast(2, 37) && !fields.has("networks")) {
            throw bad("Invalid input for field/attribute server. 'networks' is a required property");
        }
        return fields.objects("networks", MAX_DISKS).stream()
                .map(ServerRequest::nic)
                .toList();
    }

    private static WantedNic nic(JsonFields network) {
        network.only("uuid", "fixed_ip", "port", "tag");
        if (network.has("port")) {
            throw bad("Ports are not made by themselves in this cloud: name a network.");
        }
        return new WantedNic(Optional.of(network.text("uuid", MAX_TEXT)), network.optionalText("fixed_ip", MAX_TEXT));
    }

    /// There is one group, of everybody, because there are no networks.
    private static void checkSecurityGroups(JsonFields fields) {
        for (JsonFields group : fields.objects("security_groups", MAX_DISKS)) {
            String name = group.text("name", MAX_TEXT);
            if (!name.equals("default")) {
                throw bad("Unable to find security_group with name or id '" + Faults.shortened(name) + "'");
            }
        }
    }

    /// What is said of addresses and partitions, over what was said before.
    static Remarks remarks(JsonFields fields, Remarks before) {
        return new Remarks(
                address(fields, "accessIPv4", text -> IPV4.matcher(text).matches())
                        .orElse(before.accessIpv4()),
                address(fields, "accessIPv6", ServerRequest::isIpv6)
                        .map(ServerRequest::canonical)
                        .orElse(before.accessIpv6()),
                fields.optionalText("OS-DCF:diskConfig", MAX_TEXT)
                        .map(ServerRequest::diskConfig)
                        .orElse(before.diskConfig()));
    }

    private static Optional<String> address(JsonFields fields, String name, Predicate<String> form) {
        Optional<String> address = fields.optionalText(name, MAX_TEXT);
        address.filter(text -> !text.isEmpty() && !form.test(text)).ifPresent(text -> {
            throw bad("Invalid input for field/attribute " + name + ": " + Faults.shortened(text));
        });
        return address;
    }

    /// Some clients write an id of digits as a number.
    static String flavorRef(JsonFields fields) {
        String id = fields.isText("flavorRef")
                ? fields.text("flavorRef", MAX_TEXT)
                : fields.optionalNumber("flavorRef").map(Object::toString).orElse("");
        if (id.isEmpty()) {
            throw bad("Invalid input for field/attribute flavorRef: the id of a flavor is required.");
        }
        return id;
    }

    static ImageId imageRef(String text) {
        try {
            return ImageId.parse(text);
        } catch (StasisException e) {
            throw bad("Invalid imageRef provided.");
        }
    }

    /// For clients that want to be told one.
    static String freshPassword() {
        return UUID.randomUUID().toString().substring(0, 12);
    }

    private static DiskConfig diskConfig(String word) {
        return switch (word) {
            case "AUTO" -> DiskConfig.AUTO;
            case "MANUAL" -> DiskConfig.MANUAL;
            default -> throw bad("Invalid input for field/attribute OS-DCF:diskConfig: AUTO or MANUAL.");
        };
    }

    /// Only what holds a colon is parsed, so that no name is ever looked up.
    private static boolean isIpv6(String text) {
        if (!IPV6_LETTERS.matcher(text).matches()) {
            return false;
        }
        try {
            return InetAddress.ofLiteral(text) instanceof Inet6Address;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// As RFC 5952 writes it.
    private static String canonical(String ipv6) {
        return ipv6.isEmpty() ? ipv6 : NetUtil.toAddressString(InetAddress.ofLiteral(ipv6));
    }

    private static Optional<Integer> count(JsonFields fields, String name) {
        Optional<Integer> count = fields.optionalNumber(name);
        if (count.isPresent() && (count.get() < 1 || count.get() > NewServer.MAX_COUNT)) {
            throw bad(name + " must be 1 to " + NewServer.MAX_COUNT + ".");
        }
        return count;
    }

    /// Clients write ids of digits as numbers.
    private static String flavor(@Nullable JsonNode body) {
        JsonNode flavor = body == null ? null : body.path("server").path("flavorRef");
        if (flavor == null
                || !flavor.isTextual() && !flavor.isIntegralNumber()
                || flavor.asText().isEmpty()) {
            throw bad("Invalid input for field/attribute server. 'flavorRef' is a required property");
        }
        String text = flavor.asText();
        if (text.length() > MAX_TEXT) {
            throw bad("Invalid input for field/attribute flavorRef: longer than " + MAX_TEXT + ".");
        }
        return text;
    }

    private static FaultException bad(String message) {
        return new FaultException(400, message);
    }
}
