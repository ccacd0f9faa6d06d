import Handfast
import HandfastCore
import HandfastWire

/// A ClientHello that asks one question: which of these would you take?
struct ProbeHello: Sendable {
  /// The highest version on offer.
  var version = ProtocolVersion.tls12
  var suites: [CipherSuite] = Self.suitesOf12
  /// TLS 1.2's ClientHello leaves the hybrids out.
  var groups: [NamedGroup] = .recommended
  var protocols: [String] = []
  /// Nil: an IP address, which server_name cannot say.
  var serverName: String?

  /// One record, as it goes on the wire; nil when something is too long to say.
  var record: [UInt8]? {
    guard let message = hello.message(), let length = UInt16(exactly: message.count) else { return nil }
    // RFC 5246 §E.1: the record's version is one that every server takes.
    let header = RecordHeader(type: .handshake, version: .tls10, length: length)
    return header.encoded().map { $0 + message }
  }

  private var hello: ClientHello {
    var extensions = ExtensionBlock()
    if let serverName { extensions.set(ServerName(hostName: Array(serverName.utf8))) }
    extensions.set(SupportedGroups(groups: version == .tls13 ? groups : groups.filter { !$0.isKEM }))
    extensions.set(ECPointFormats(formats: [.uncompressed]))
    extensions.set(SignatureAlgorithms(schemes: .recommended))
    extensions.set(ExtendedMasterSecret())
    extensions.set(RenegotiationInfo())
    if !protocols.isEmpty { extensions.set(ApplicationProtocols(names: protocols.map { Array($0.utf8) })) }
    if version == .tls13 {
      extensions.set(SupportedVersions(versions: [.tls13]))
      // key_share without a share: the server answers with a HelloRetryRequest, which names suite and group, and no key is made
      // for nothing (RFC 9846 §4.3.8).
      extensions.set(ClientKeyShares(entries: []))
    }
    return ClientHello(
      version: min(version, .tls12), random: (0..<32).map { _ in UInt8.random(in: .min ... .max) }, sessionID: [],
      cipherSuites: suites, extensions: extensions)
  }

  /// The suites of TLS 1.2 and before that are known by name, but not spoken here.
  static let foreignSuites: [CipherSuite] = CipherSuite.names.keys.sorted().map { CipherSuite(rawValue: $0) }.filter {
    CipherSuiteParameters($0) == nil && $0 != .emptyRenegotiationInfoSCSV && $0 != .fallbackSCSV
      && $0.rawValue >> 8 != 0x13
  }
  static let suitesOf12: [CipherSuite] = [CipherSuite].recommended.filter { !$0.isTLS13 } + .rsaKeyTransport
  static let suitesOf13: [CipherSuite] = [CipherSuite].recommended.filter(\.isTLS13)
}
