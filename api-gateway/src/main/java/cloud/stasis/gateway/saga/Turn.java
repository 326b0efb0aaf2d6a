package cloud.stasis.gateway.saga;

import cloud.stasis.model.ErrorReport;

/// What became of a saga through one input, for its rows and its job. One input may bring several.
public sealed interface Turn {
    record StepDone(StepName step) implements Turn {}

    /// It has begun to turn back.
    record Unwinding(ErrorReport cause) implements Turn {}

    record Completed() implements Turn {}

    record Undone(ErrorReport cause) implements Turn {}

    record Stuck(ErrorReport failure) implements Turn {}
}
