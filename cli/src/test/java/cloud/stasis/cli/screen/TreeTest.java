package cloud.stasis.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TreeTest {
    private record Node(String id, String parent) {}

    private static String draw(Node... nodes) {
        return new Tree<>(Node::id, Node::parent, Node::id, false).render(List.of(nodes));
    }

    @Test
    void aChainStaysAtTheMargin() {
        assertThat(draw(new Node("a", ""), new Node("b", "a"), new Node("c", "b")))
                .isEqualTo("""
                * a
                * b
                * c
                """);
    }

    @Test
    void aForkAddsALevelAndKeepsItsLine() {
        String drawn = draw(
                new Node("base", ""),
                new Node("updated", "base"),
                new Node("tried this", "updated"),
                new Node("went on", "tried this"),
                new Node("tried that", "updated"));

        assertThat(drawn).isEqualTo("""
                * base
                * updated
                |-* tried this
                | * went on
                `-* tried that
                """);
    }

    @Test
    void anUnknownParentMakesARoot() {
        assertThat(draw(new Node("orphan", "deleted"))).isEqualTo("* orphan\n");
    }

    @Test
    void aCircleIsDrawnOnce() {
        assertThat(draw(new Node("a", "b"), new Node("b", "a"))).isEqualTo("* a\n* b\n");
    }

    @Test
    void aLongChainNeedsNoDeepStack() {
        List<Node> chain = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            chain.add(new Node("n" + i, "n" + (i - 1)));
        }

        String drawn = new Tree<>(Node::id, Node::parent, Node::id, true).render(chain);

        assertThat(drawn.lines()).hasSize(50_000);
    }
}
