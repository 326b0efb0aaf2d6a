package cloud.stasis.image.blob;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.security.SecureRandom;
import java.util.HexFormat;

/// Which of several objects of the same bytes. Each time something is stored it gets an incarnation of its own,
/// so that what was condemned once is never stored again under the same name: whoever carries a sentence out
/// late, even hours after everybody else forgot it, removes what was condemned and nothing else.
public record Incarnation(long value) {
    /// What a release wrote that did not know of incarnations.
    public static final Incarnation NONE = new Incarnation(0);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int DIGITS = 16;

    public static Incarnation random() {
        long value = RANDOM.nextLong();
        return new Incarnation(value == 0 ? 1 : value);
    }

    /// @param text 16 hexadecimal digits
    static Incarnation parse(String text) {
        if (text.length() == DIGITS && text.chars().allMatch(HexFormat::isHexDigit)) {
            Incarnation incarnation = new Incarnation(HexFormat.fromHexDigitsToLong(text));
            if (incarnation.text().equals(text) && !incarnation.equals(NONE)) {
                return incarnation;
            }
        }
        throw new StasisException(ErrorCode.INVALID_ID, "an incarnation is 16 lower-case hexadecimal digits");
    }

    String text() {
        return HexFormat.of().toHexDigits(value);
    }
}
