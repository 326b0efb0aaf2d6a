package cloud.stasis.cli.screen;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Draws who descends from whom. A single child stands right below its parent; only where history forks is a level
/// added, so that a chain of a thousand snapshots stays readable:
///
/// ```
/// * base
/// * updated
/// |-* tried this
/// | * and went on
/// `-* went back and tried that
/// ```
/// Works on any input: unknown parents make roots, a circle is drawn as if it began at one of its members.
public final class Tree<N> {
    private final Function<N, String> id;
    private final Function<N, String> parent;
    private final Function<N, String> label;
    private final boolean unicode;

    public Tree(Function<N, String> id, Function<N, String> parent, Function<N, String> label, boolean unicode) {
        this.id = id;
        this.parent = parent;
        this.label = label;
        this.unicode = unicode;
    }

    /// @param before what stands before the node's mark, @param below what stands before whatever comes under it
    private record Place<N>(N node, String before, String below) {}

    /// @param nodes siblings are drawn in the order that they have here
    public String render(List<N> nodes) {
        Set<String> ids = new HashSet<>();
        nodes.forEach(node -> ids.add(id.apply(node)));
        Map<String, List<N>> children = new HashMap<>();
        List<N> roots = new ArrayList<>();
        for (N node : nodes) {
            if (ids.contains(parent.apply(node))) {
                children.computeIfAbsent(parent.apply(node), _ -> new ArrayList<>())
                        .add(node);
            } else {
                roots.add(node);
            }
        }
        StringBuilder drawing = new StringBuilder();
        Set<String> drawn = new HashSet<>();
        roots.forEach(root -> draw(root, children, drawn, drawing));
        nodes.forEach(node -> draw(node, children, drawn, drawing));
        return drawing.toString();
    }

    private void draw(N root, Map<String, List<N>> children, Set<String> drawn, StringBuilder drawing) {
        Deque<Place<N>> stack = new ArrayDeque<>();
        stack.push(new Place<>(root, "", ""));
        while (!stack.isEmpty()) {
            Place<N> place = stack.pop();
            if (!drawn.add(id.apply(place.node()))) {
                continue;
            }
            drawing.append(place.before())
                    .append(unicode ? "\u25cf " : "* ")
                    .append(SafeText.line(label.apply(place.node())))
                    .append('\n');
            push(stack, place.below(), children.getOrDefault(id.apply(place.node()), List.of()));
        }
    }

    /// The last one first, since the stack turns the order round.
    private void push(Deque<Place<N>> stack, String below, List<N> children) {
        if (children.size() == 1) {
            stack.push(new Place<>(children.getFirst(), below, below));
            return;
        }
        for (int i = children.size() - 1; i >= 0; i--) {
            boolean last = i == children.size() - 1;
            String fork = last ? (unicode ? "\u2514\u2500" : "`-") : (unicode ? "\u251c\u2500" : "|-");
            String line = last ? "  " : (unicode ? "\u2502 " : "| ");
            stack.push(new Place<>(children.get(i), below + fork, below + line));
        }
    }
}
