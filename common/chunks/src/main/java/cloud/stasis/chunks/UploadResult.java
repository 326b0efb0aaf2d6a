package cloud.stasis.chunks;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import java.time.Duration;

/// What an upload brought and what it cost.
///
/// @param content what the store can now give back; not visible to anyone before a manifest names it
/// @param read bytes read from the source
/// @param sent bytes sent to the store, compressed, index included
/// @param shared bytes read that were not sent because the store had them; zeros count as neither
public record UploadResult(Content content, ByteCount read, ByteCount sent, ByteCount shared, Duration took) {}
