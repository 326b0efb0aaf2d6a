package cloud.stasis.image.blob;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// How often a reference was set. Whoever changes a reference names the generation that it has seen.
public record Generation(long value) {
    public static final Generation FIRST = new Generation(1);

    public Generation {
        if (value < 1) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a generation is counted from 1");
        }
    }

    public Generation next() {
        return new Generation(Math.addExact(value, 1));
    }
}
