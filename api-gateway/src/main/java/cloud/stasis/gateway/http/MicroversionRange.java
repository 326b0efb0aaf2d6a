package cloud.stasis.gateway.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// Which microversions one API speaks, and how a request names the one it wants.
///
/// @param service as it stands in `OpenStack-API-Version: <service> 2.45`
/// @param legacyHeader an older header with the number alone, if the API has one; the newer header wins
public record MicroversionRange(
        String service, Microversion minimum, Microversion maximum, Optional<String> legacyHeader) {
    public static final String HEADER = "OpenStack-API-Version";

    public static final MicroversionRange COMPUTE = new MicroversionRange(
            "compute", new Microversion(2, 1), new Microversion(2, 96), Optional.of("X-OpenStack-Nova-API-Version"));
    public static final MicroversionRange VOLUME =
            new MicroversionRange("volume", new Microversion(3, 0), new Microversion(3, 70), Optional.empty());

    /// The version that a request asks for; the minimum if it does not say.
    ///
    /// @param header gives a request header by its name, or null
    /// @throws FaultException 400 if a header is malformed, 406 if the version is not in the range
    public Microversion negotiate(Function<String, String> header) {
        Optional<String> asked = asked(header);
        if (asked.isEmpty()) {
            return minimum;
        }
        String text = asked.get();
        if (text.equals("latest")) {
            return maximum;
        }
        Microversion version = Microversion.parse(text)
                .orElseThrow(() -> new FaultException(
                        400,
                        "API Version String '"
                                + Faults.shortened(text)
                                + "' is of invalid format. Must be of format MajorNum.MinorNum."));
        if (version.compareTo(minimum) < 0 || version.compareTo(maximum) > 0) {
            throw new FaultException(
                    406,
                    "Version " + version + " is not supported by the API. Minimum is " + minimum + " and maximum is "
                            + maximum + ".");
        }
        return version;
    }

    /// The headers that every answer of the API carries, faults too.
    public List<Header> echo(Microversion executed) {
        List<Header> headers = new ArrayList<>();
        headers.add(new Header(HEADER, service + " " + executed));
        legacyHeader.ifPresent(name -> headers.add(new Header(name, executed.toString())));
        String vary = legacyHeader.map(name -> HEADER + ", " + name).orElse(HEADER);
        headers.add(new Header("Vary", vary));
        return headers;
    }

    private Optional<String> asked(Function<String, String> header) {
        String list = header.apply(HEADER);
        if (list != null) {
            for (String entry : list.split(",")) {
                String[] words = entry.trim().split("\\s+");
                if (words.length == 2 && words[0].toLowerCase(Locale.ROOT).equals(service)) {
                    return Optional.of(words[1]);
                }
            }
            if (legacyHeader.isEmpty()) {
                throw new FaultException(400, "The header " + HEADER + " must name the service " + service + ".");
            }
        }
        return legacyHeader.flatMap(
                name -> Optional.ofNullable(header.apply(name)).map(String::trim));
    }

    public record Header(String name, String value) {}
}
