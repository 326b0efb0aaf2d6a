package cloud.stasis.cli.http;

public enum Method {
    GET,
    POST,
    PUT,
    DELETE
}
