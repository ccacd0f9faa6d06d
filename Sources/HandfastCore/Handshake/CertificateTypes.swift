import HandfastWire

/// What a server has said about the two sides' certificates: X.509 where it says nothing (RFC 7250 §4).
package struct AgreedCertificateTypes: Sendable {
  var server = CertificateType.x509
  var client = CertificateType.x509

  init() {}

  init(_ extensions: ExtensionBlock, in message: HandshakeType) throws(TLSError) {
    if let choice = try extensions.decoded(ServerCertificateTypeChoice.self, in: message) {
      server = choice.certificateType
    }
    if let choice = try extensions.decoded(ClientCertificateTypeChoice.self, in: message) {
      client = choice.certificateType
      isClientTypeSaid = true
    }
  }

  /// A server that does not say it may never ask for the client's certificate.
  fileprivate var isClientTypeSaid = false
}

extension ClientConfiguration {
  /// What the client accepts of its server.
  var acceptedCertificateTypes: [CertificateType] {
    let types = trust.certificateTypes
    // An application's trust may say nothing, and a list of nothing must not be sent.
    return types.isEmpty ? [.x509] : types
  }

  /// What the client can authenticate with. A client that has nothing says nothing, which means X.509.
  var ownCertificateTypes: [CertificateType] {
    var types = certificateTypes ?? []
    if certificateTypes == nil, case .these(let identities) = identities {
      for identity in identities where !types.contains(identity.certificateType) {
        types.append(identity.certificateType)
      }
    }
    return types.isEmpty ? [.x509] : types
  }
}

extension CertificateType {
  /// What is meant where nothing is said.
  static let x509Only: [CertificateType] = [.x509]
}

extension ClientSettings {
  func check(_ agreed: AgreedCertificateTypes) throws(TLSError) {
    guard serverCertificateTypes.contains(agreed.server) else {
      throw .unofferedCertificateType(of: .server, agreed.server)
    }
    guard !agreed.isClientTypeSaid || clientCertificateTypes.contains(agreed.client) else {
      throw .unofferedCertificateType(of: .client, agreed.client)
    }
  }
}

extension ServerSettings {
  /// What the client is to authenticate with: the first type that this side judges and the client has. Nil: it is not asked, or for none in
  /// particular.
  func chooseClientCertificateType(
    offered: [CertificateType]?, _ out: inout HandshakeOutput
  ) throws(TLSError) -> CertificateType? {
    guard let accepted = configuration.clientAuthentication.trust?.certificateTypes else { return nil }
    let having = offered ?? CertificateType.x509Only
    let chosen = accepted.first(where: having.contains)
    if accepted != CertificateType.x509Only || offered != nil {
      out.trace(
        .chose(
          Choice(
            .clientCertificateType, chosen: chosen?.description,
            rule: "the first type that this server judges and the client has (RFC 7250)",
            candidates: accepted.map {
              .init($0.description, $0 == chosen ? nil : having.contains($0) ? .lessPreferred : .notOfferedByPeer)
            })))
    }
    if chosen == nil {
      // Who says nothing of types is asked for what is usual, and where it may come without anything has only to show nothing. Who lists its
      // types and shares none is refused in any case (RFC 7250 §4.2).
      if offered == nil, case .optional = configuration.clientAuthentication { return nil }
      throw .noCommonCertificateType(of: .client, offered: having)
    }
    return chosen
  }
}

extension ExtensionBlock {
  /// A TLS 1.2 hello has the block only where it holds something (RFC 5246 §7.4.1.3).
  var orNothing: ExtensionBlock? { isEmpty ? nil : self }

  /// What the server authenticates with, or did when the session began that is resumed; said to whom it interests.
  mutating func answer(serverTypes: [CertificateType]?, with type: CertificateType) {
    if serverTypes?.contains(type) ?? false { set(ServerCertificateTypeChoice(certificateType: type)) }
  }

  /// What the client is to authenticate with; nil: it is not asked.
  mutating func answer(clientTypes: [CertificateType]?, with type: CertificateType?) {
    if clientTypes != nil, let type { set(ClientCertificateTypeChoice(certificateType: type)) }
  }
}

/// Reads TLS 1.2's Certificate; empty: the peer has none.
func decodeCertificate12(
  _ frame: borrowing HandshakeFrame, _ type: CertificateType
) throws(TLSError) -> [[UInt8]] {
  guard type == .rawPublicKey else { return try frame.decode(Certificate12.self).chain }
  let key = try frame.decode(RawPublicKey12.self).subjectPublicKeyInfo
  return key.isEmpty ? [] : [key]
}

/// Sends TLS 1.2's Certificate. Without an identity it is the same whatever was agreed on.
func sendCertificate12(
  _ identity: Identity?, _ transcript: inout Transcript, _ out: inout HandshakeOutput
) throws(TLSError) {
  guard let identity, identity.certificateType == .rawPublicKey else {
    return try out.send(Certificate12(chain: identity?.chain ?? []), &transcript)
  }
  try out.send(RawPublicKey12(subjectPublicKeyInfo: identity.chain.first ?? []), &transcript)
}

/// An identity that the application has chosen must be of the type that was agreed on.
func checkType(of identity: Identity?, _ agreed: CertificateType) throws(TLSError) {
  guard let identity, identity.certificateType != agreed else { return }
  throw .identityDoesNotFit(
    reason: "it is of type \(identity.certificateType), and the two sides have agreed on \(agreed)")
}
