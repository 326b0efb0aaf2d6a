package cloud.stasis.image.sync;

import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/// Lets peers in: whoever proves its key, to do what its rights allow.
public final class PeerDoor {
    /// Where the signature of a request stands: `Authorization: Stasis-Site ...`.
    public static final String SCHEME = "Stasis-Site ";

    /// Where that of an answer stands.
    public static final String ANSWER = "Stasis-Site-Answer";

    private final Peers peers;

    public PeerDoor(Peers peers) {
        this.peers = peers;
    }

    /// A call that a peer has signed.
    public final class Visit {
        private final Peer peer;
        private final SiteSeal.Asked asked;

        private Visit(Peer peer, SiteSeal.Asked asked) {
            this.peer = peer;
            this.asked = asked;
        }

        public Peer peer() {
            return peer;
        }

        /// Whether it may know everything that is here.
        public boolean mayRead() {
            return peer.rights().contains(Peer.Right.PULL);
        }

        /// Who writes: what a peer puts is kept for it, apart from what anybody else does.
        public String holder() {
            return "site/" + peer.name() + "/" + asked.bundle();
        }

        /// @param any one of them is enough
        /// @throws StasisException `ACCESS_DENIED`
        public void require(Set<Capability.Right> any) {
            if (Collections.disjoint(rights(peer), any)) {
                throw new StasisException(
                        ErrorCode.ACCESS_DENIED,
                        "the site " + peer.name() + " may not do that here: its operator has to allow it");
            }
        }

        /// To be called with the whole body before anything is done with it.
        ///
        /// @throws StasisException `HASH_MISMATCH` if it is not the one that was signed
        public byte[] checked(byte[] body) {
            if (!Sha256.of(body).equals(asked.body())) {
                throw new StasisException(ErrorCode.HASH_MISMATCH, "the body that came is not the one that was signed");
            }
            return body;
        }

        /// The signature of an answer.
        public String sign(int status, byte[] body) {
            return peers.seal().sign(new SiteSeal.Answered(asked.id(), status, Sha256.of(body)), peer.key());
        }
    }

    /// @param authorization what stands behind [#SCHEME]
    /// @throws StasisException `ACCESS_DENIED`
    public Visit admit(String authorization, String method, String path) {
        Peer peer = peers.signing(SiteSeal.claimedSigner(authorization));
        SiteSeal.Asked asked = peers.seal().request(authorization, peer.key());
        if (!asked.method().equals(method) || !asked.path().equals(path)) {
            throw new StasisException(ErrorCode.ACCESS_DENIED, "the site " + peer.name() + " signed another request");
        }
        return new Visit(peer, asked);
    }

    private static Set<Capability.Right> rights(Peer peer) {
        Set<Capability.Right> rights = EnumSet.noneOf(Capability.Right.class);
        for (Peer.Right right : peer.rights()) {
            switch (right) {
                case PULL -> rights.add(Capability.Right.STORE_READ);
                case PUSH -> rights.add(Capability.Right.STORE_WRITE);
            }
        }
        return rights;
    }
}
