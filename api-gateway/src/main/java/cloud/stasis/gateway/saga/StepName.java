package cloud.stasis.gateway.saga;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.regex.Pattern;

/// Names a step within its saga. Part of command ids and of stored progress: a released name never changes.
public record StepName(String value) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,59}");

    public StepName {
        if (!NAME.matcher(value).matches()) {
            throw new StasisException(ErrorCode.INTERNAL, "not a step name: " + value);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
