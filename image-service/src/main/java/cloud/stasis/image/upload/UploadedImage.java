package cloud.stasis.image.upload;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import java.util.List;

/// What an upload became.
///
/// @param size bytes that came
/// @param virtualSize the size of the disk, as a guest sees it; the size of the file if it is not a disk that
/// we know
/// @param md5 lower-case hexadecimal, as is `sha512`
public record UploadedImage(
        ByteCount size, ByteCount virtualSize, String md5, String sha512, ManifestId manifest, List<Part> parts) {
    public UploadedImage {
        parts = List.copyOf(parts);
    }
}
