package cloud.stasis.gateway.image;

/// Of the file that a download gives, in lower-case hexadecimal.
public record Checksums(String md5, String sha512) {}
