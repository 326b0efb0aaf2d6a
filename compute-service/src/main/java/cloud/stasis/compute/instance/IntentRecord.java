package cloud.stasis.compute.instance;

/// `intent.json`: present while something is done to a guest that must not stay half done.
public record IntentRecord(Intent intent) {}
