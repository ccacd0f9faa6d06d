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
  }
  public let kind: Kind
  public let clientRandom: [UInt8]
  public let bytes: [UInt8]

  /// The line's label in a key log file (RFC 9850 §2); nil for a secret that has none.
  public var keyLogLabel: String? { kind == .masterSecret ? "CLIENT_RANDOM" : nil }

  package init(kind: Kind, clientRandom: [UInt8], bytes: [UInt8]) {
    self.kind = kind
    self.clientRandom = clientRandom
    self.bytes = bytes
  }
}
