import HandfastWire

/// The server may ask for the client's certificate before it shows its own. RFC 9846 §4.4.2.
package struct AwaitingCertificateOrCertificateRequest: ~Copyable {
  let context: ClientContext13
  let keys: HandshakeKeys13
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    switch frame.type {
    case .certificateRequest:
      let request = try CertificateRequest(frame, for: context.certificateTypes.client)
      out.knowledge.certificateRequest = request.accepted
      transcript.append(frame.raw)
      return .client13(
        .awaitingServerCertificate(
          AwaitingServerCertificate13(context: context, keys: keys, request: request, transcript: transcript)))
    case .certificate, .compressedCertificate:
      return try AwaitingServerCertificate13(context: context, keys: keys, request: nil, transcript: transcript)
        .receive(frame, &out)
    default:
      throw .unexpectedMessage(got: frame.type, wanted: [.certificateRequest, .certificate])
    }
  }
}

/// What the server wants to know of its client.
package struct CertificateRequest: Sendable {
  let accepted: ClientIdentityRequest
  /// Whether a stapled OCSP response may come with the certificate.
  let wantsStatus: Bool

  private static let known: [ExtensionType] = [
    .signatureAlgorithms, .signatureAlgorithmsCert, .certificateAuthorities, .oidFilters, .statusRequest,
    .signedCertificateTimestamp, .compressCertificate,
  ]
  private static let elsewhere: [ExtensionType] = [
    .serverName, .supportedGroups, .keyShare, .preSharedKey, .pskKeyExchangeModes, .earlyData, .cookie,
    .supportedVersions, .applicationLayerProtocolNegotiation, .postHandshakeAuth, .recordSizeLimit,
    .maxFragmentLength, .clientCertificateType, .serverCertificateType,
  ]

  init(_ frame: borrowing HandshakeFrame, for type: CertificateType) throws(TLSError) {
    let message = try frame.decode(CertificateRequest13.self)
    // RFC 9846 §4.4.2: empty but in post-handshake authentication.
    guard message.context.isEmpty else { throw .wrongCertificateContext }
    let extensions = message.extensions
    for type in extensions.types where !Self.known.contains(type) && Self.elsewhere.contains(type) {
      throw .misplacedExtension(type, in: .certificateRequest)
    }
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.4.2
    //# The "signature_algorithms" extension MUST be specified
    guard let schemes = try extensions.decoded(SignatureAlgorithms.self, in: .certificateRequest)?.schemes else {
      throw .missingExtension(.signatureAlgorithms, in: .certificateRequest)
    }
    _ = try extensions.decoded(SignatureAlgorithmsCert.self, in: .certificateRequest)
    let filters = try extensions.decoded(OIDFilters.self, in: .certificateRequest)?.filters ?? []
    accepted = ClientIdentityRequest(
      certificateTypes: [.ecdsaSign, .rsaSign], signatureSchemes: schemes,
      authorities: try extensions.decoded(CertificateAuthorities.self, in: .certificateRequest)?.names ?? [],
      filters: filters.map { CertificateFilter(oid: $0.oid, values: $0.values) }, certificateType: type)
    // RFC 9846 §4.5.1.1: empty here.
    wantsStatus = try extensions.decoded(StatusRequestAcknowledgement.self, in: .certificateRequest) != nil
  }
}
