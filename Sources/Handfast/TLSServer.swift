package import HandfastCore

/// Makes the server's side of connections. Immutable, cheap to copy, made once.
public struct TLSServer: Sendable {
  /// What drivers need of it: the limits that are theirs to keep, and the trust that answers `Need.peerVerdict`.
  package let configuration: ServerConfiguration

  /// Validates the configuration.
  public init(_ configuration: ServerConfiguration) throws(ConfigurationError) {
    self.configuration = configuration
  }

  package init(_ configuration: ServerConfiguration, provider: any CryptoProvider) throws(ConfigurationError) {
    self.configuration = configuration
  }

  /// Starts a connection that waits for a ClientHello. With `tracing`, it collects events.
  public func accept(tracing: Bool = false) -> TLSConnection { TLSConnection() }
}
