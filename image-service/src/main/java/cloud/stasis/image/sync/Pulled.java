package cloud.stasis.image.sync;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ManifestId;
import java.time.Duration;

/// What a pull did.
///
/// @param blobs how many travelled
/// @param received their stored bytes
public record Pulled(ManifestId manifest, long blobs, ByteCount received, Duration took) {}
