import HandfastCore
import HandfastWire

/// What a server says in clear before it waits for the client: its choices, its chain, and what it wants from the client.
struct ProbeAnswer: Sendable {
  private(set) var serverHello: ServerHello?
  /// Own certificate first; empty when there was none, or none in clear.
  private(set) var chain: [[UInt8]] = []
  private(set) var keyExchange: ServerKeyExchange?
  private(set) var certificateRequest: CertificateRequest12?
  private(set) var alert: AlertDescription?
  /// Whether the first bytes are no TLS at all.
  private(set) var isForeign = false
  /// Whether the server's time was up before it had said all.
  var isLate = false
  /// Whether the server has said all it will say without an answer.
  private(set) var isDone = false

  /// More than any server's first flight.
  static let byteLimit = 1 << 18

  /// Reads what has come so far. Never fails: what cannot be read ends the reading.
  init(_ bytes: [UInt8]) {
    var position = 0
    var messages: [UInt8] = []
    while bytes.count - position >= RecordHeader.byteCount, !isDone {
      let type = ContentType(rawValue: bytes[position])
      guard [.handshake, .alert, .changeCipherSpec, .applicationData].contains(type), bytes[position + 1] == 3 else {
        isForeign = position == 0
        isDone = true
        return
      }
      let start = position + RecordHeader.byteCount
      let end = start + Int(bytes[position + 3]) << 8 + Int(bytes[position + 4])
      guard end <= bytes.count else { return }
      position = end
      switch type {
      case .handshake:
        messages += bytes[start..<end]
        read(&messages)
      case .alert: note(alert: bytes[start..<end])
      default: isDone = true
      }
    }
  }

  /// The version that was chosen.
  var version: ProtocolVersion? {
    guard let serverHello else { return nil }
    // The server's form of supported_versions is the one version (RFC 9846 §4.3.1).
    guard let selected = serverHello.extensions?[.supportedVersions], selected.count == 2 else {
      return serverHello.version
    }
    return ProtocolVersion(rawValue: UInt16(selected[0]) << 8 | UInt16(selected[1]))
  }

  /// The group that a HelloRetryRequest wants a key share of.
  var retryGroup: NamedGroup? {
    guard let serverHello, serverHello.isRetryRequest else { return nil }
    return (try? serverHello.extensions?.decode(RetryKeyShare.self))?.group
  }

  var applicationProtocol: String? {
    let extensions = serverHello?.extensions
    guard let names = try? extensions?.decode(ApplicationProtocols.self)?.names else { return nil }
    return names.first.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Why there was no ServerHello.
  var refusal: String {
    if let alert { return "the peer answers with the alert \(alert)" }
    if isForeign { return "what the peer answers is no TLS" }
    return isLate ? "the peer says nothing in time" : "the peer closes the connection without a word"
  }

  /// Whether there was any TLS in it.
  var isTLS: Bool { serverHello != nil || alert != nil }

  private mutating func note(alert bytes: ArraySlice<UInt8>) {
    guard bytes.count == 2, let level = bytes.first, let code = bytes.last else {
      isDone = true
      return
    }
    // A warning before the ServerHello is about server_name, and the handshake goes on.
    guard level == AlertLevel.fatal.rawValue || code == AlertDescription.closeNotify.rawValue else { return }
    alert = AlertDescription(rawValue: code)
    isDone = true
  }

  private mutating func read(_ messages: inout [UInt8]) {
    while messages.count >= 4, !isDone {
      let end = 4 + Int(messages[1]) << 16 + Int(messages[2]) << 8 + Int(messages[3])
      guard messages.count >= end else { return }
      note(HandshakeType(rawValue: messages[0]), Array(messages[4..<end]))
      messages.removeFirst(end)
    }
  }

  private mutating func note(_ type: HandshakeType, _ body: [UInt8]) {
    switch type {
    case .serverHello:
      serverHello = try? ServerHello(decoding: body.span, "ServerHello")
      // In TLS 1.3 the rest is encrypted, and that an old version is spoken is all there is to know.
      if serverHello == nil || version != .tls12 { isDone = true }
    case .certificate: chain = (try? Certificate12(decoding: body.span, "Certificate").chain) ?? []
    case .serverKeyExchange: keyExchange = try? ServerKeyExchange(decoding: body.span, "ServerKeyExchange")
    case .certificateRequest:
      certificateRequest = try? CertificateRequest12(decoding: body.span, "CertificateRequest")
    case .serverHelloDone: isDone = true
    default: return
    }
  }
}
