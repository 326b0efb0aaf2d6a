package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Reply;

/// What is being made, and the answer by whose request id its job is found.
public record Begun<R>(R made, Reply reply) {}
