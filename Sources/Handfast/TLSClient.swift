public import HandfastCore
import HandfastCrypto

/// Makes the client's side of connections. Immutable, cheap to copy, made once.
public struct TLSClient: Sendable {
  private let settings: ClientSettings

  /// Validates the configuration. `clock` says when sessions and tickets end.
  public init(
    _ configuration: ClientConfiguration, clock: any WallClock = SystemWallClock()
  ) throws(ConfigurationError) {
    try self.init(configuration, provider: DefaultCryptoProvider(), clock: clock)
  }

  package init(
    _ configuration: ClientConfiguration, provider: any CryptoProvider, clock: any WallClock = SystemWallClock()
  ) throws(ConfigurationError) {
    settings = try ClientSettings(configuration, provider: provider, clock: clock)
  }

  /// What it was made from.
  public var configuration: ClientConfiguration { settings.configuration }

  /// Starts a connection to `server`: its ClientHello is owed to the peer at once. With `tracing`, the connection collects
  /// events.
  public func connect(to server: ServerReference, tracing: Bool = false) -> TLSConnection {
    TLSConnection(Connection(settings, to: server, isTracing: tracing))
  }
}
