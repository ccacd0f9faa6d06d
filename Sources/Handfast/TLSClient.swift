package import HandfastCore

/// Makes the client's side of connections. Immutable, cheap to copy, made once.
public struct TLSClient: Sendable {
  /// Validates the configuration.
  public init(_ configuration: ClientConfiguration) throws(ConfigurationError) {}

  package init(_ configuration: ClientConfiguration, provider: any CryptoProvider) throws(ConfigurationError) {}

  /// Starts a connection to `server`: its ClientHello is owed to the peer at once. With `tracing`, the connection collects
  /// events.
  public func connect(to server: ServerReference, tracing: Bool = false) -> TLSConnection { TLSConnection() }
}
