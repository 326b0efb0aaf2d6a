package cloud.stasis.compute.machine;

import java.nio.file.Path;

/// RAM that others than QEMU can look at.
public sealed interface Ram {
    /// A file that QEMU maps: the kernel writes it to the disk sooner or later.
    record InFile(Path file) implements Ram {}

    /// In memory alone, and found through the process that has it open.
    record InMemory() implements Ram {}
}
