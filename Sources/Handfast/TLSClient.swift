package import HandfastCore

/// Makes the client's side of connections. Immutable, cheap to copy, made once.
public struct TLSClient: Sendable {
  /// What drivers need of it: the limits that are theirs to keep, and the trust that answers `Need.peerVerdict`.
  package let configuration: ClientConfiguration

  /// Validates the configuration.
  public init(_ configuration: ClientConfiguration) throws(ConfigurationError) {
    self.configuration = configuration
  }

  package init(_ configuration: ClientConfiguration, provider: any CryptoProvider) throws(ConfigurationError) {
    self.configuration = configuration
  }

  /// Starts a connection to `server`: its ClientHello is owed to the peer at once. With `tracing`, the connection collects
  /// events.
  public func connect(to server: ServerReference, tracing: Bool = false) -> TLSConnection { TLSConnection() }
}
