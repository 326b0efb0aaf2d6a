package cloud.stasis.deploy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What makes pods, and what these are like.
///
/// @param claims volumes that each pod gets for itself
record Workload(
        String namespace,
        String name,
        LabelSelector selector,
        PodTemplateSpec template,
        List<PersistentVolumeClaim> claims) {

    static Workload of(Deployment from) {
        return new Workload(
                from.getMetadata().getNamespace(),
                from.getMetadata().getName(),
                from.getSpec().getSelector(),
                from.getSpec().getTemplate(),
                List.of());
    }

    static Workload of(StatefulSet from) {
        return new Workload(
                from.getMetadata().getNamespace(),
                from.getMetadata().getName(),
                from.getSpec().getSelector(),
                from.getSpec().getTemplate(),
                from.getSpec().getVolumeClaimTemplates());
    }

    static Workload of(DaemonSet from) {
        return new Workload(
                from.getMetadata().getNamespace(),
                from.getMetadata().getName(),
                from.getSpec().getSelector(),
                from.getSpec().getTemplate(),
                List.of());
    }

    PodSpec pod() {
        return template.getSpec();
    }

    Container container() {
        if (pod().getContainers().size() != 1) {
            throw new IllegalStateException(this + " has not one container");
        }
        return pod().getContainers().getFirst();
    }

    boolean has(Map<String, String> labels) {
        return template.getMetadata().getLabels().entrySet().containsAll(labels.entrySet());
    }

    boolean isChosenBy(LabelSelector selector) {
        return has(selector.getMatchLabels())
                && selector.getMatchExpressions().stream().allMatch(this::meets);
    }

    private boolean meets(LabelSelectorRequirement requirement) {
        if (!requirement.getOperator().equals("In")) {
            throw new IllegalArgumentException("no operator that is known here: " + requirement.getOperator());
        }
        return requirement
                .getValues()
                .contains(template.getMetadata().getLabels().getOrDefault(requirement.getKey(), ""));
    }

    /// The number of the port that is called so.
    Optional<Integer> port(IntOrString port) {
        return container().getPorts().stream()
                .filter(one -> Objects.equals(one.getName(), port.getStrVal())
                        || Objects.equals(one.getContainerPort(), port.getIntVal()))
                .map(one -> one.getContainerPort())
                .findFirst();
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
