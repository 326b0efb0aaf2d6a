package cloud.stasis.gateway.metadef;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// Names a namespace, or a definition within one, or a resource type: any characters, 1 to 80 of them.
public record MetadefName(String value) {
    public MetadefName {
        if (value.isBlank()
                || value.codePointCount(0, value.length()) > MetadefLimits.NAME
                || value.chars().anyMatch(Character::isISOControl)) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "A name must have 1 to " + MetadefLimits.NAME + " printable characters.");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
