package cloud.stasis.launcher;

import cloud.stasis.launcher.parts.Part;
import cloud.stasis.launcher.process.ProcessMark;
import cloud.stasis.launcher.process.ProcessUsage;
import java.util.Optional;

/// One row of `status`. Mark and usage are there only for what we started.
record PartStatus(Part part, PartState state, Optional<ProcessMark> mark, Optional<ProcessUsage> usage) {}
