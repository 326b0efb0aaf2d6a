package cloud.stasis.image.blob;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// How often what a reference shows was set.
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
