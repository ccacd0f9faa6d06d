private import HandfastWire

/// Why a ticket does not open. The client is not told: it gets a full handshake.
@nonexhaustive public enum TicketRefusal: String, Error, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// Sealed with a key that this server does not have.
  case unknownKey
  /// Sealed with a key that is too old to be used.
  case expiredKey
  /// Changed on its way, or forged.
  case badTag
  /// No ticket of this library's, or of another version's.
  case malformed
  case expiredSession
  /// A certificate that its session rests on has ended, the client's or the server's.
  case expiredCertificate

  public var description: String {
    switch self {
    case .unknownKey: "the ticket is sealed with a key that this server does not have"
    case .expiredKey: "the ticket is sealed with a key that has expired"
    case .badTag: "the ticket is not authentic: it was changed or forged"
    case .malformed: "the ticket cannot be read: it comes from something else than this version of this library"
    case .expiredSession: "the session in the ticket has expired"
    case .expiredCertificate: "a certificate of the session in the ticket has expired"
    }
  }
}

/// Seals sessions into tickets, and opens them again (RFC 5077 §4, in a form of our own):
///
///     struct {
///       uint8 format = 1;
///       opaque key_name[16];
///       opaque seed[16];
///       opaque nonce[12];
///       opaque sealed[...];     // AES-256-GCM of a ServerSession, with format, key_name and seed as additional data
///     } Ticket;
///
/// Nonces are random, and 2^32 of them would be the most for one AES-GCM key (NIST SP 800-38D §8.3). A fleet that shares keys
/// cannot count how many it has used together; so each ticket has a key of its own, HMAC-SHA-256 of its random seed under the
/// ticket key, and the limit is out of reach.
package struct TicketSealer: Sendable {
  /// What a client is asked to carry about in its ClientHellos, at most.
  package static let byteLimit = 16_384
  private static let format: UInt8 = 1
  private static let seedByteCount = 16
  private static let label = Array("handfast ticket 1 ".utf8)
  package static let randomByteCount = seedByteCount + AEADAlgorithm.nonceByteCount
  private static let headerByteCount = 1 + TicketKey.nameByteCount + seedByteCount
  private static let overhead = headerByteCount + AEADAlgorithm.nonceByteCount + AEADAlgorithm.tagByteCount

  private let keys: any TicketKeySource
  private let provider: any CryptoProvider

  package init(keys: any TicketKeySource, provider: any CryptoProvider) {
    self.keys = keys
    self.provider = provider
  }

  /// Nil when there is no key, or the session is too large for a ticket.
  package func seal(_ session: ServerSession, at now: UInt64) -> [UInt8]? {
    seal(session, at: now, random: provider.randomBytes(Self.randomByteCount)[...])
  }

  /// The same with `randomByteCount` random bytes that were drawn before.
  package func seal(_ session: ServerSession, at now: UInt64, random: ArraySlice<UInt8>) -> [UInt8]? {
    guard random.count == Self.randomByteCount, let key = keys.sealingKey(at: now), now < key.opensUntil else {
      return nil
    }
    guard var plaintext = session.encoded() else { return nil }
    defer { overwrite(&plaintext) }
    guard plaintext.count + Self.overhead <= Self.byteLimit else { return nil }
    var header: [UInt8] = []
    header.reserveCapacity(Self.headerByteCount)
    header.append(Self.format)
    header += key.name
    header += random.prefix(Self.seedByteCount)
    let nonce = random.dropFirst(Self.seedByteCount)
    guard let recordKey = recordKey(key, header.span) else { return nil }
    var ticket: [UInt8] = []
    ticket.reserveCapacity(plaintext.count + Self.overhead)
    ticket += header
    ticket += nonce
    var isSealed = false
    ticket.append(addingCapacity: plaintext.count + AEADAlgorithm.tagByteCount) { output in
      do {
        try recordKey.seal(plaintext.span, into: &output, nonce: nonce.span, additionalData: header.span)
        isSealed = true
      } catch {}
    }
    return isSealed ? ticket : nil
  }

  package func open(_ ticket: Span<UInt8>, at now: UInt64) throws(TicketRefusal) -> ServerSession {
    guard ticket.count > Self.overhead, ticket.count <= Self.byteLimit, ticket[0] == Self.format else {
      throw .malformed
    }
    let header = ticket.extracting(first: Self.headerByteCount)
    let rest = ticket.extracting(droppingFirst: Self.headerByteCount)
    let name = [UInt8](copying: header.extracting(1..<1 + TicketKey.nameByteCount))
    guard let key = keys.openingKey(named: name, at: now) else { throw .unknownKey }
    guard now < key.opensUntil else { throw .expiredKey }
    guard let recordKey = recordKey(key, header) else { throw .unknownKey }
    var sealed = [UInt8](copying: rest.extracting(droppingFirst: AEADAlgorithm.nonceByteCount))
    defer { overwrite(&sealed) }
    var span = sealed.mutableSpan
    let isAuthentic = recordKey.open(
      &span, nonce: rest.extracting(first: AEADAlgorithm.nonceByteCount), additionalData: header)
    guard isAuthentic else { throw .badTag }
    let session: ServerSession
    do {
      session = try ServerSession(
        decoding: sealed.span.extracting(first: sealed.count - AEADAlgorithm.tagByteCount))
    } catch {
      throw .malformed
    }
    guard !session.isExpired(at: now) else {
      throw session.hasExpiredCertificate(at: now) ? .expiredCertificate : .expiredSession
    }
    return session
  }

  /// Whether a ticket that opens should make room for a new one, since its key is on its way out.
  package func isOutdated(_ ticket: [UInt8], at now: UInt64) -> Bool {
    keys.isOutdated(keyNamed: Array(ticket.dropFirst().prefix(TicketKey.nameByteCount)), at: now)
  }

  /// The key of the ticket that begins with `header`.
  private func recordKey(_ key: TicketKey, _ header: Span<UInt8>) -> (any RecordKey)? {
    var derived = key.secret.withSpan { span in provider.authenticate(.sha256, key: span, Self.label.span, header) }
    defer { overwrite(&derived) }
    return try? provider.recordKey(.aes256GCM, key: derived.span)
  }
}
