package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.identity.Caller;

/// To whom something is shown: what a capture had to send tells what the store had already, whoever's that was.
enum Audience {
    TENANT,
    OPERATOR;

    static Audience of(Caller caller) {
        return caller.isAdmin() ? OPERATOR : TENANT;
    }
}
