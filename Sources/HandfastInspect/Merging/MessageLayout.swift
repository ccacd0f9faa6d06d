import HandfastCore
import HandfastWire

/// Which byte of a message belongs to which field. Never fails: what does not fit its length ends the list.
struct MessageLayout {
  struct Part {
    enum Kind {
      case bytes
      case number
      case version
      case suite
      case compression
      case extensionType
      case group
      case scheme
    }
    let name: String
    let range: Range<Int>
    let kind: Kind

    /// Whether it only says how long what follows is.
    var isLength: Bool { name == "length" || name.hasSuffix(", length") }

    /// What stands there in `message`, of something long only the byte at `offset`; nil when that is not there at all.
    func value(in message: [UInt8], at offset: Int) -> String? {
      guard range.count <= 8 else { return offset < message.count ? "0x\(hexText([message[offset]]))" : nil }
      guard range.upperBound <= message.count, !range.isEmpty else { return nil }
      let bytes = message[range]
      let number = bytes.count <= 4 ? bytes.reduce(0) { $0 << 8 | Int($1) } : 0
      switch kind {
      case .bytes: return "0x\(hexText(bytes))"
      case .number: return "\(number)"
      case .version: return "\(ProtocolVersion(rawValue: UInt16(truncatingIfNeeded: number)))"
      case .suite: return "\(CipherSuite(rawValue: UInt16(truncatingIfNeeded: number)))"
      case .compression: return "\(CompressionMethod(rawValue: UInt8(truncatingIfNeeded: number)))"
      case .extensionType: return "\(ExtensionType(rawValue: UInt16(truncatingIfNeeded: number)))"
      case .group: return "\(NamedGroup(rawValue: UInt16(truncatingIfNeeded: number)))"
      case .scheme: return "\(SignatureScheme(rawValue: UInt16(truncatingIfNeeded: number)))"
      }
    }
  }

  /// What decides how a message is laid out.
  struct Form {
    var suite: CipherSuite?
    var isTLS13 = false
  }

  private(set) var parts: [Part] = []
  private let bytes: [UInt8]
  private var position = 0

  init(type: HandshakeType, bytes: [UInt8], form: Form = Form()) {
    self.bytes = bytes
    take(1, "msg_type", .number)
    take(3, "length", .number)
    switch type {
    case .clientHello: clientHello()
    case .serverHello: serverHello()
    case .certificate: certificate(isTLS13: form.isTLS13)
    case .certificateRequest where form.isTLS13:
      vector(1, "certificate_request_context")
      extensions()
    case .encryptedExtensions: extensions()
    case .newSessionTicket: newSessionTicket(isTLS13: form.isTLS13)
    case .keyUpdate: take(1, "request_update", .number)
    case .serverKeyExchange: serverKeyExchange()
    case .certificateRequest: certificateRequest()
    case .clientKeyExchange:
      let isRSA = form.suite.flatMap(CipherSuiteParameters.init)?.keyExchange == .rsa
      vector(isRSA ? 2 : 1, isRSA ? "EncryptedPreMasterSecret" : "ecdh_Yc")
    case .certificateVerify:
      take(2, "algorithm", .scheme)
      vector(2, "signature")
    case .finished: take(bytes.count - position, "verify_data")
    default: break
    }
    if position < bytes.count { take(bytes.count - position, parts.count > 2 ? "trailing bytes" : "body") }
  }

  func part(at offset: Int) -> Part? { parts.first { $0.range.contains(offset) } }

  // MARK: - Messages

  private mutating func clientHello() {
    take(2, "client_version", .version)
    take(32, "random")
    vector(1, "session_id")
    list(2, "cipher_suites", "suite", 2, .suite)
    list(1, "compression_methods", "method", 1, .compression)
    extensions()
  }

  private mutating func serverHello() {
    take(2, "server_version", .version)
    take(32, "random")
    vector(1, "session_id")
    take(2, "cipher_suite", .suite)
    take(1, "compression_method", .compression)
    extensions(isServerHello: true)
  }

  private mutating func newSessionTicket(isTLS13: Bool) {
    take(4, isTLS13 ? "ticket_lifetime" : "ticket_lifetime_hint", .number)
    if isTLS13 {
      take(4, "ticket_age_add")
      vector(1, "ticket_nonce")
    }
    vector(2, "ticket")
    if isTLS13 { extensions() }
  }

  private mutating func certificate(isTLS13: Bool) {
    if isTLS13 { vector(1, "certificate_request_context") }
    let end = length(3, "certificate_list")
    var index = 0
    while position < end {
      vector(3, "certificate \(index)")
      if isTLS13 { extensions() }
      index += 1
    }
  }

  private mutating func serverKeyExchange() {
    take(1, "curve_type", .number)
    take(2, "namedcurve", .group)
    vector(1, "point")
    take(2, "algorithm", .scheme)
    vector(2, "signature")
  }

  private mutating func certificateRequest() {
    list(1, "certificate_types", "type", 1, .number)
    list(2, "supported_signature_algorithms", "algorithm", 2, .scheme)
    let end = length(2, "certificate_authorities")
    var index = 0
    while position < end {
      vector(2, "certificate_authorities, name \(index)")
      index += 1
    }
  }

  private mutating func extensions(isServerHello: Bool = false) {
    guard position < bytes.count else { return }
    let end = length(2, "extensions")
    while position < end {
      let type = bytes.count - position >= 2 ? UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1]) : 0
      let name = "extension \(ExtensionType(rawValue: type))"
      take(2, "\(name), type", .extensionType)
      let dataEnd = length(2, name)
      switch ExtensionType(rawValue: type) {
      case .supportedGroups: list(2, name, "group", 2, .group, within: dataEnd)
      case .signatureAlgorithms: list(2, name, "scheme", 2, .scheme, within: dataEnd)
      case .supportedVersions where isServerHello: take(min(2, dataEnd - position), name, .version)
      case .keyShare where isServerHello: take(min(2, dataEnd - position), "\(name), group", .group)
      case .supportedVersions: list(1, name, "version", 2, .version, within: dataEnd)
      default: break
      }
      take(dataEnd - position, name)
    }
  }

  // MARK: - Pieces

  private mutating func take(_ count: Int, _ name: String, _ kind: Part.Kind = .bytes) {
    let end = min(position + max(count, 0), bytes.count)
    guard end > position else { return }
    parts.append(Part(name: name, range: position..<end, kind: kind))
    position = end
  }

  /// Reads a length prefix; returns where what it announces ends.
  private mutating func length(_ width: Int, _ name: String) -> Int {
    let start = position
    take(width, "\(name), length", .number)
    return min(position + bytes[start..<position].reduce(0) { $0 << 8 | Int($1) }, bytes.count)
  }

  private mutating func vector(_ width: Int, _ name: String) {
    let end = length(width, name)
    take(end - position, name)
  }

  private mutating func list(
    _ width: Int, _ name: String, _ item: String, _ size: Int, _ kind: Part.Kind, within limit: Int = .max
  ) {
    let end = min(length(width, name), limit)
    var index = 0
    while position < end {
      take(min(size, end - position), "\(name), \(item) \(index)", kind)
      index += 1
    }
  }
}
