package cloud.stasis.messages;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;

/// What the bundles of a project take up in a store, each stored byte counted once.
public record ProjectSize(ProjectId project, ByteCount stored) {}
