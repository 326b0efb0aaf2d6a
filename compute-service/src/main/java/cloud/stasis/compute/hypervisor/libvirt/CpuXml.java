package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.model.Cpu;
import cloud.stasis.model.Cpu.Feature;
import cloud.stasis.model.Cpu.Presence;
import java.util.List;
import java.util.Optional;

/// The CPU of a machine that is on, as libvirt tells it once it knows what QEMU made of it, and back again.
final class CpuXml {
    private CpuXml() {}

    /// Empty if libvirt only says that it is like that of the host.
    static Optional<Cpu> read(Xml domain) {
        return domain.child("cpu").flatMap(CpuXml::named);
    }

    /// The `host-model` of domain capabilities.
    static Optional<Cpu> ofHost(Xml capabilities) {
        return capabilities.child("cpu").stream()
                .flatMap(cpu -> cpu.all("mode").stream())
                .filter(mode -> mode.attribute("name").equals("host-model"))
                .filter(mode -> mode.attribute("supported").equals("yes"))
                .findFirst()
                .flatMap(CpuXml::named);
    }

    private static Optional<Cpu> named(Xml cpu) {
        return cpu.child("model").map(model -> new Cpu(model.text(), features(cpu)));
    }

    private static List<Feature> features(Xml cpu) {
        return cpu.all("feature").stream()
                .map(feature -> new Feature(feature.attribute("name"), presence(feature.attribute("policy"))))
                .toList();
    }

    private static Presence presence(String policy) {
        return switch (policy) {
            case "disable", "forbid" -> Presence.NOT_THERE;
            default -> Presence.THERE;
        };
    }

    /// Exactly this one: a guest that goes on mid-instruction uses what it has found once.
    static void add(Xml domain, Cpu cpu) {
        domain.add("cpu", element -> {
            element.with("mode", "custom").with("match", "exact").with("check", "full");
            element.add("model").with("fallback", "forbid").text(cpu.model());
            cpu.features().forEach(feature -> element.add("feature")
                    .with("policy", feature.presence() == Presence.THERE ? "require" : "disable")
                    .with("name", feature.name()));
        });
    }
}
