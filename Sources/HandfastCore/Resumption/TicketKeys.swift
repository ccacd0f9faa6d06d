/// Where the keys come from that seal tickets. Asked within handshakes: answers come at once, from memory and without a lock.
public protocol TicketKeySource: Sendable {
  /// The key for new tickets; nil: none are issued now.
  func sealingKey(at now: UInt64) -> TicketKey?
  /// The key of that name; nil: unknown. One that has expired may still be returned: whoever asks looks at `opensUntil`.
  func openingKey(named name: [UInt8], at now: UInt64) -> TicketKey?
  /// Whether new tickets are sealed with another key than the one of that name: whoever comes with such a ticket gets a new one. By
  /// default the sealing key is asked for, and its name looked at.
  func isOutdated(keyNamed name: [UInt8], at now: UInt64) -> Bool
}

extension TicketKeySource {
  public func isOutdated(keyNamed name: [UInt8], at now: UInt64) -> Bool {
    guard let key = sealingKey(at: now) else { return false }
    return key.name != name
  }
}

/// A key that seals tickets, and for some time opens them.
public struct TicketKey: Sendable {
  public static let nameByteCount = 16
  public static let keyByteCount = 32

  /// Stands in the clear in each ticket, so that whoever shares the keys finds the right one.
  public let name: [UInt8]
  /// From when on another key should seal, in milliseconds since 1970.
  public let sealsUntil: UInt64
  /// From when on tickets sealed with it are refused, in milliseconds since 1970.
  public let opensUntil: UInt64
  package let secret: SessionSecret

  /// Nil unless `name` has 16 bytes and `key` 32. Both must be random, and the key secret.
  public init?(name: [UInt8], key: consuming [UInt8], sealsUntil: UInt64 = .max, opensUntil: UInt64 = .max) {
    guard name.count == Self.nameByteCount, key.count == Self.keyByteCount else { return nil }
    self.name = name
    self.sealsUntil = sealsUntil
    self.opensUntil = opensUntil
    secret = SessionSecret(key)
  }
}
