import HandfastWire

/// What a ClientHello says that matters for TLS 1.3. RFC 9846 §4.2.2, §4.3.
package final class ClientOffer13: Sendable {
  let hello: ClientHello
  let extensions: ExtensionBlock
  let groups: [NamedGroup]
  let shares: [KeyShareEntry]
  let signatureSchemes: [SignatureScheme]
  let serverName: String?
  let authorities: [[UInt8]]
  /// Nil: the client does not say, and means X.509 (RFC 7250).
  let serverCertificateTypes: [CertificateType]?
  let clientCertificateTypes: [CertificateType]?
  let applicationProtocols: [[UInt8]]?
  let wantsStatus: Bool
  let wantsTimestamps: Bool
  let compressions: [CertificateCompressionAlgorithm]
  let recordSizeLimit: RecordSizeLimit?
  let maxFragmentLength: MaxFragmentLength?
  let cookie: [UInt8]?
  let offersEarlyData: Bool
  /// How it can resume; nil: it does not say.
  let pskModes: [PSKKeyExchangeMode]?

  init(_ hello: ClientHello) throws(TLSError) {
    let extensions = hello.extensions ?? ExtensionBlock()
    self.hello = hello
    self.extensions = extensions
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.2.2
    //# If a TLS 1.3 ClientHello is received with any other value in this field, the server MUST abort the handshake with an
    //# "illegal_parameter" alert.
    guard hello.compressionMethods == [.null] else { throw .nullCompressionMissing }
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.3.11
    //# The "pre_shared_key" extension MUST be the last extension in the ClientHello
    if extensions.contains(.preSharedKey), extensions.types.last != .preSharedKey { throw .preSharedKeyNotLast }

    let name = HandshakeType.clientHello
    //= https://www.rfc-editor.org/rfc/rfc9846#section-9.2
    //# If not containing a "pre_shared_key" extension, it MUST contain both a "signature_algorithms" extension and a
    //# "supported_groups" extension.
    //= https://www.rfc-editor.org/rfc/rfc9846#section-9.2
    //# If containing a "supported_groups" extension, it MUST also contain a "key_share" extension, and vice versa.
    guard let groups = try extensions.decoded(SupportedGroups.self, in: name)?.groups else {
      throw .missingExtension(.supportedGroups, in: name)
    }
    guard let shares = try extensions.decoded(ClientKeyShares.self, in: name)?.entries else {
      throw .missingExtension(.keyShare, in: name)
    }
    for share in shares where !groups.contains(share.group) { throw .unofferedGroup(share.group) }
    let schemes = try extensions.decoded(SignatureAlgorithms.self, in: name)?.schemes
    guard schemes != nil || extensions.contains(.preSharedKey) else {
      throw .missingExtension(.signatureAlgorithms, in: name)
    }
    _ = try extensions.decoded(SignatureAlgorithmsCert.self, in: name)
    self.groups = groups
    self.shares = shares
    signatureSchemes = schemes ?? []
    serverName = try extensions.offeredServerName()
    authorities = try extensions.decoded(CertificateAuthorities.self, in: name)?.names ?? []
    serverCertificateTypes = try extensions.decoded(ServerCertificateTypes.self, in: name)?.types
    clientCertificateTypes = try extensions.decoded(ClientCertificateTypes.self, in: name)?.types
    applicationProtocols = try extensions.decoded(ApplicationProtocols.self, in: name)?.names
    wantsStatus = try extensions.decoded(StatusRequest.self, in: name)?.statusType == .ocsp
    wantsTimestamps = try extensions.decoded(TimestampsRequest.self, in: name) != nil
    compressions = try extensions.decoded(CompressCertificate.self, in: name)?.algorithms ?? []
    recordSizeLimit = try extensions.decoded(RecordSizeLimit.self, in: name)
    maxFragmentLength = try extensions.decoded(MaxFragmentLengthExtension.self, in: name)?.length
    //= https://www.rfc-editor.org/rfc/rfc6066#section-4
    //# If a server receives a maximum fragment length negotiation request for a value other than the allowed values, it MUST
    //# abort the handshake with an "illegal_parameter" alert.
    if let maxFragmentLength, maxFragmentLength.byteCount == nil {
      throw .wrongMaxFragmentLength(asked: nil, got: maxFragmentLength)
    }
    cookie = try extensions.decoded(Cookie.self, in: name)?.cookie
    offersEarlyData = try extensions.decoded(EarlyDataIndication.self, in: name) != nil
    pskModes = try extensions.decoded(PSKKeyExchangeModes.self, in: name)?.modes
  }
}

extension ExtensionBlock {
  /// RFC 6066 §3 forbids IP addresses there. Clients that send one all the same mean no harm, and no name.
  func offeredServerName() throws(TLSError) -> String? {
    guard let bytes = try decoded(ServerName.self, in: .clientHello)?.hostName else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    if ServerReference.parseIPv4(text) ?? ServerReference.parseIPv6(text) != nil { return nil }
    guard let name = ServerReference.normalizedDNSName(text) else {
      throw .malformedExtension(.serverName, in: .clientHello, .badLength(field: "HostName", length: bytes.count))
    }
    return name
  }
}

extension ServerSettings {
  /// The server's first protocol that the client offers (RFC 7301 §3.2).
  func chooseProtocol(offered: [[UInt8]]?) throws(TLSError) -> [UInt8]? {
    guard let offered, !applicationProtocols.isEmpty else { return nil }
    guard let chosen = applicationProtocols.first(where: offered.contains) else {
      throw .noCommonApplicationProtocol(offered: offered.map { String(decoding: $0, as: UTF8.self) })
    }
    return chosen
  }

  func schedule(_ suite: CipherSuite13, clientRandom: [UInt8]) -> ScheduleContext {
    ScheduleContext(
      suite: suite, provider: provider, clientRandom: clientRandom, sink: configuration.secretSink,
      recordsPerKey: configuration.limits.recordsPerKey)
  }
}
