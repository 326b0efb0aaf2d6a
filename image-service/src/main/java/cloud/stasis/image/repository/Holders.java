package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.StasisException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;

/// Who holds each blob: nobody yet, one bundle, or several; in the project at hand, and in the whole store. Bundles
/// are handed in project by project. For one thread.
///
/// ```
/// first bundle comes to a blob     its bytes are the bundle's own
/// a second one does                they are nobody's own any more, and so are those of all blobs below
/// a third one does                 nothing changes, here or below: what several hold is not walked again
/// ```
final class Holders {
    private static final int NOBODY = -1;
    private static final int SEVERAL = -2;

    private final StoreState state;

    /// The number of the bundle, or one that stands for several of the project at hand. What is left of earlier
    /// projects is smaller than the first bundle's number, or another negative one, and stands for nobody.
    private int[] inProject;

    private int[] inStore;
    private long[] own = new long[16];
    private long[] sole = new long[16];
    private int bundle = NOBODY;
    private int firstOfProject;
    private int severalOfProject = SEVERAL;
    private long project;
    private long ofBundle;
    private boolean passingOver;

    /// Blobs that the bundle at hand was seen to hold, and nodes below which it was walked.
    private final BitSet reached = new BitSet();

    private final BitSet walked = new BitSet();

    /// Nodes below which several bundles of the project hold everything.
    private final BitSet several = new BitSet();

    Holders(StoreState state) {
        this.state = state;
        int blobs = state.directory.numbers();
        this.inProject = new int[blobs];
        this.inStore = new int[blobs];
        Arrays.fill(inProject, NOBODY);
        Arrays.fill(inStore, NOBODY);
    }

    void beginProject() {
        firstOfProject = bundle + 1;
        severalOfProject--;
        project = 0;
        several.clear();
    }

    /// The next one; they are numbered from 0.
    ///
    /// @param passingOver what several hold, so that [#ofBundle] is not all of it
    void beginBundle(boolean passingOver) {
        this.passingOver = passingOver;
        bundle++;
        ofBundle = 0;
        reached.clear();
        walked.clear();
        if (bundle == own.length) {
            own = Arrays.copyOf(own, 2 * own.length);
            sole = Arrays.copyOf(sole, 2 * sole.length);
        }
    }

    /// What the bundle at hand holds.
    void add(Content content) {
        Digest root = content.index().digest();
        if (!root.isZero()) {
            walk(root, new TreeShape(content.size()).depth());
        }
    }

    ByteCount ofBundle() {
        return ByteCount.ofBytes(ofBundle);
    }

    ByteCount ofProject() {
        return ByteCount.ofBytes(project);
    }

    ByteCount own(int number) {
        return ByteCount.ofBytes(own[number]);
    }

    ByteCount sole(int number) {
        return ByteCount.ofBytes(sole[number]);
    }

    private void walk(Digest digest, int level) {
        OptionalInt number = state.directory.numberOf(digest);
        if (number.isEmpty()) {
            return;
        }
        int blob = number.getAsInt();
        reach(blob);
        if (level == 0 || walked.get(blob) || passingOver && several.get(blob)) {
            return;
        }
        walked.set(blob);
        for (Digest child : children(digest, level)) {
            if (!child.isZero()) {
                walk(child, level - 1);
            }
        }
        if (inProject[blob] == severalOfProject) {
            several.set(blob);
        }
    }

    private void reach(int blob) {
        if (reached.get(blob)) {
            return;
        }
        reached.set(blob);
        makeRoomFor(blob);
        long bytes = state.directory.storedBytes(blob);
        ofBundle += bytes;
        int before = inProject[blob];
        if (before >= firstOfProject) {
            inProject[blob] = severalOfProject;
            own[before] -= bytes;
        } else if (before != severalOfProject) {
            inProject[blob] = bundle;
            own[bundle] += bytes;
            project += bytes;
        }
        int inAll = inStore[blob];
        if (inAll == NOBODY) {
            inStore[blob] = bundle;
            sole[bundle] += bytes;
        } else if (inAll != SEVERAL) {
            inStore[blob] = SEVERAL;
            sole[inAll] -= bytes;
        }
    }

    /// Blobs that came meanwhile.
    private void makeRoomFor(int blob) {
        if (blob >= inProject.length) {
            int before = inProject.length;
            int length = Math.max(blob + 1, before + before / 8 + 16);
            inProject = Arrays.copyOf(inProject, length);
            inStore = Arrays.copyOf(inStore, length);
            Arrays.fill(inProject, before, length, NOBODY);
            Arrays.fill(inStore, before, length, NOBODY);
        }
    }

    private List<Digest> children(Digest digest, int level) {
        try {
            Node node = state.node(digest);
            return node.level() == level ? node.children() : List.of();
        } catch (StasisException e) {
            if (!StoreState.isDamage(e)) {
                throw e;
            }
            return List.of();
        }
    }
}
