public import HandfastCore
import HandfastCrypto

/// Makes the server's side of connections. Immutable, cheap to copy, made once.
public struct TLSServer: Sendable {
  private let settings: ServerSettings

  /// Validates the configuration. `clock` says when sessions and tickets end.
  public init(
    _ configuration: ServerConfiguration, clock: any WallClock = SystemWallClock()
  ) throws(ConfigurationError) {
    try self.init(configuration, provider: DefaultCryptoProvider(), clock: clock)
  }

  package init(
    _ configuration: ServerConfiguration, provider: any CryptoProvider, clock: any WallClock = SystemWallClock()
  ) throws(ConfigurationError) {
    settings = try ServerSettings(configuration, provider: provider, clock: clock)
  }

  /// What it was made from.
  public var configuration: ServerConfiguration { settings.configuration }

  /// Starts a connection that waits for a ClientHello. With `tracing`, it collects events.
  public func accept(tracing: Bool = false) -> TLSConnection {
    TLSConnection(Connection(settings, isTracing: tracing))
  }
}
