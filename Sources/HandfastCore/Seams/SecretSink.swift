/// Where secrets go that someone explicitly asked to see: a key log, or the demo's `--show-secrets`. Never an event.
public protocol SecretSink: Sendable {
  func receive(_ secret: DisclosedSecret)
}

/// A secret on its way to a sink.
public struct DisclosedSecret: Sendable {
  @nonexhaustive public enum Kind: String, Hashable, Sendable {
    case preMasterSecret
    case masterSecret
    case keyBlock
    case clientEarlyTrafficSecret
    case clientHandshakeTrafficSecret
    case serverHandshakeTrafficSecret
    case clientApplicationTrafficSecret
    case serverApplicationTrafficSecret
    case exporterSecret
  }
  public let kind: Kind
  public let clientRandom: [UInt8]
  public let bytes: [UInt8]

  /// How often a KeyUpdate has changed an application traffic secret before.
  public let generation: Int

  /// The line's label in a key log file (RFC 9850 §2); nil for a secret that has none.
  public var keyLogLabel: String? {
    switch kind {
    case .preMasterSecret, .keyBlock: nil
    case .masterSecret: "CLIENT_RANDOM"
    case .clientEarlyTrafficSecret: "CLIENT_EARLY_TRAFFIC_SECRET"
    case .clientHandshakeTrafficSecret: "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
    case .serverHandshakeTrafficSecret: "SERVER_HANDSHAKE_TRAFFIC_SECRET"
    case .clientApplicationTrafficSecret: "CLIENT_TRAFFIC_SECRET_\(generation)"
    case .serverApplicationTrafficSecret: "SERVER_TRAFFIC_SECRET_\(generation)"
    case .exporterSecret: "EXPORTER_SECRET"
    }
  }

  package init(kind: Kind, clientRandom: [UInt8], bytes: [UInt8], generation: Int = 0) {
    self.generation = generation
    self.kind = kind
    self.clientRandom = clientRandom
    self.bytes = bytes
  }
}
