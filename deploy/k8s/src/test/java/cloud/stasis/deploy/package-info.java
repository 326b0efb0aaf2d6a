/// Whether what an operator gives to Kubernetes is what it takes, and what the services know.
///
/// An overlay is rendered as its operator renders it, by `kubectl kustomize`, and read strictly: a field that
/// Kubernetes does not have, which an API server would drop with a warning or without, is refused. Then each name
/// that one object says of another is looked up: settings in the services' `@ConfigMapping`, ports, probes, claims,
/// secrets. Nothing is run, and no network is asked.
package cloud.stasis.deploy;
