import HandfastCore
import HandfastWire
import Synchronization

/// What the one in the middle does to the bytes between the two sides of a demo.
enum Tampering: Sendable {
  /// Strikes every suite but ChaCha20's out of the ClientHello.
  case strikesSuites
  /// Makes the ClientHello's extended_master_secret something nobody knows.
  case strikesExtendedMasterSecret
  /// Writes TLS 1.0 over the ClientHello's versions.
  case offersTLS10
  /// Writes something that nobody knows over TLS 1.3 among the ClientHello's versions.
  case strikesTLS13
  /// Flips a bit in the server's certificate.
  case changesCertificate
  /// Flips a bit in the server's public value.
  case changesKeyExchange
  /// Flips a bit in the client's first record of application data.
  case changesRecord
  /// Passes the client's first record of application data on twice.
  case repeatsRecord
  /// Lets the server's answer to the client's first encrypted record through and then ends both directions.
  case cuts
  /// Answers the client itself, in HTTP.
  case speaksHTTP
  /// Keeps back all that the server says.
  case staysSilent
}

/// Cuts one direction's bytes into records and applies a tampering to them.
struct TamperedStream {
  /// What becomes of the bytes just taken.
  struct Outcome {
    /// Goes on to whom it was meant for.
    var forward: [UInt8] = []
    /// Goes back to whom it came from.
    var back: [UInt8] = []
    /// Whether both directions end now.
    var ends = false
  }

  let sender: Side
  let tampering: Tampering?
  /// Whether the client has sent an encrypted record.
  private let progress: RelayProgress
  private var pending: [UInt8] = []
  private var hasActed = false
  private var isEncrypted = false

  init(from sender: Side, _ tampering: Tampering?, _ progress: RelayProgress = RelayProgress()) {
    self.sender = sender
    self.tampering = tampering
    self.progress = progress
  }

  mutating func take(_ bytes: [UInt8]) -> Outcome {
    guard let tampering else { return Outcome(forward: bytes) }
    pending += bytes
    var outcome = Outcome()
    while let record = nextRecord() {
      if sender == .client, record.type == .applicationData { progress.clientHasSpoken() }
      apply(tampering, to: record, &outcome)
      if record.type == .changeCipherSpec { isEncrypted = true }
    }
    return outcome
  }

  private struct Record {
    let type: ContentType
    /// With its header.
    var bytes: [UInt8]
  }

  private mutating func nextRecord() -> Record? {
    let size = RecordHeader.byteCount
    guard pending.count >= size,
      let header = try? RecordHeader(decoding: Array(pending.prefix(size)).span, "header")
    else { return nil }
    let end = size + Int(header.length)
    guard pending.count >= end else { return nil }
    defer { pending.removeFirst(end) }
    return Record(type: header.type, bytes: Array(pending.prefix(end)))
  }

  private mutating func apply(_ tampering: Tampering, to record: Record, _ outcome: inout Outcome) {
    var record = record
    switch tampering {
    case .strikesSuites: change(.clientHello, in: &record, Self.strikeSuites)
    case .strikesExtendedMasterSecret: change(.clientHello, in: &record, Self.strikeExtendedMasterSecret)
    case .offersTLS10:
      change(.clientHello, in: &record) { message in
        Self.replaceVersions(&message) { _ in .tls10 }
        // client_version is the message's first field.
        if message.count >= 6 { message.replaceSubrange(4..<6, with: [0x03, 0x01]) }
      }
    case .strikesTLS13:
      change(.clientHello, in: &record) { message in
        Self.replaceVersions(&message) { $0 == .tls13 ? ProtocolVersion(rawValue: 0x7a7a) : $0 }
      }
    case .changesCertificate:
      guard sender == .server else { break }
      // The last byte of the leaf's signature: lengths of list and leaf stand before the leaf.
      change(.certificate, in: &record) { message in
        guard message.count > 10 else { return }
        let length = Int(message[7]) << 16 | Int(message[8]) << 8 | Int(message[9])
        if message.indices.contains(9 + length) { message[9 + length] ^= 1 }
      }
    case .changesKeyExchange:
      // Header 4, curve_type 1, namedcurve 2, length 1; then the point.
      change(.serverKeyExchange, in: &record) { message in
        if message.count > 20 { message[20] ^= 1 }
      }
      // TLS 1.3 has it in the ServerHello, where it is clear.
      if sender == .server { change(.serverHello, in: &record, Self.flipKeyShare) }
    case .changesRecord:
      guard sender == .client, record.type == .applicationData, !hasActed else { break }
      guard record.bytes.count > RecordHeader.byteCount else { break }
      record.bytes[record.bytes.count - 1] ^= 1
      hasActed = true
    case .repeatsRecord:
      guard sender == .client, record.type == .applicationData, !hasActed else { break }
      outcome.forward += record.bytes
      hasActed = true
    case .cuts:
      if hasActed { return }
      guard sender == .server, record.type == .applicationData, progress.hasClientSpoken else { break }
      outcome.ends = true
      hasActed = true
    case .speaksHTTP:
      if sender == .client, !hasActed {
        outcome.back += Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".utf8)
        outcome.ends = true
        hasActed = true
      }
      return
    case .staysSilent:
      if sender == .server { return }
    }
    outcome.forward += record.bytes
  }

  /// Changes the first message of that type, in place and keeping its length, if it lies in this record and in the clear.
  private mutating func change(
    _ type: HandshakeType, in record: inout Record, _ body: (inout [UInt8]) -> Void
  ) {
    guard record.type == .handshake, !isEncrypted, !hasActed else { return }
    var start = RecordHeader.byteCount
    while start + 4 <= record.bytes.count {
      let bytes = record.bytes
      let length = Int(bytes[start + 1]) << 16 | Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
      let end = start + 4 + length
      guard end <= bytes.count else { return }
      if bytes[start] == type.rawValue {
        let before = Array(bytes[start..<end])
        var message = before
        body(&message)
        guard message.count == before.count, message != before else { return }
        record.bytes.replaceSubrange(start..<end, with: message)
        hasActed = true
        return
      }
      start = end
    }
  }

  private static func strikeSuites(_ message: inout [UInt8]) {
    edit(&message) { hello in
      hello.cipherSuites = hello.cipherSuites.map { suite in
        guard let aead = suite.aead else { return suite }
        return aead == .chaCha20Poly1305 ? suite : CipherSuite(rawValue: 0x0a0a)
      }
    }
  }

  private static func strikeExtendedMasterSecret(_ message: inout [UInt8]) {
    edit(&message) { hello in
      guard let old = hello.extensions else { return }
      var new = ExtensionBlock()
      // A number that nobody uses, and no GREASE value: the client may have sent that one already.
      for entry in old.entries {
        new.set(entry.type == .extendedMasterSecret ? ExtensionType(rawValue: 0xfe17) : entry.type, entry.data)
      }
      hello.extensions = new
    }
  }

  private static func replaceVersions(
    _ message: inout [UInt8], by replace: (ProtocolVersion) -> ProtocolVersion
  ) {
    edit(&message) { hello in
      guard let old = try? hello.extensions?.decode(SupportedVersions.self) else { return }
      hello.extensions?.set(SupportedVersions(versions: old.versions.map(replace)))
    }
  }

  /// Flips a bit of the last byte, which every group has a use for.
  private static func flipKeyShare(_ message: inout [UInt8]) {
    guard message.count > 4, var hello = try? ServerHello(decoding: Array(message[4...]).span, "ServerHello"),
      !hello.isRetryRequest, var share = hello.extensions?[.keyShare], let last = share.indices.last
    else { return }
    share[last] ^= 1
    hello.extensions?.set(.keyShare, share)
    if let changed = hello.message() { message = changed }
  }

  private static func edit(_ message: inout [UInt8], _ body: (inout ClientHello) -> Void) {
    guard message.count > 4, var hello = try? ClientHello(decoding: Array(message[4...]).span, "ClientHello") else {
      return
    }
    body(&hello)
    if let changed = hello.message() { message = changed }
  }
}

/// What the two directions of a relay know of each other.
final class RelayProgress: Sendable {
  private let spoken = Atomic(false)

  /// Whether the client has sent an encrypted record.
  var hasClientSpoken: Bool { spoken.load(ordering: .relaxed) }

  func clientHasSpoken() { spoken.store(true, ordering: .relaxed) }
}
