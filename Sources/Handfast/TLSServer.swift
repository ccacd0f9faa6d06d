package import HandfastCore

/// Makes the server's side of connections. Immutable, cheap to copy, made once.
public struct TLSServer: Sendable {
  /// Validates the configuration.
  public init(_ configuration: ServerConfiguration) throws(ConfigurationError) {}

  package init(_ configuration: ServerConfiguration, provider: any CryptoProvider) throws(ConfigurationError) {}

  /// Starts a connection that waits for a ClientHello. With `tracing`, it collects events.
  public func accept(tracing: Bool = false) -> TLSConnection { TLSConnection() }
}
