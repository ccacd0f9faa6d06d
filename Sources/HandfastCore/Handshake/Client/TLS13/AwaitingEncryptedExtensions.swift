import HandfastWire

/// The server's answers that are not about keys, already encrypted. RFC 9846 §4.4.1.
package struct AwaitingEncryptedExtensions: ~Copyable {
  let hellos: NegotiatedHellos13
  let keys: HandshakeKeys13
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let extensions = try frame.decode(EncryptedExtensions.self).extensions
    let settings = hellos.settings

    try extensions.check(in: .encryptedExtensions, allowed: Self.allowed, offered: hellos.offer.offers)
    _ = try extensions.decoded(ServerNameAcknowledgement.self, in: .encryptedExtensions)
    _ = try extensions.decoded(SupportedGroups.self, in: .encryptedExtensions)
    let applicationProtocol = try extensions.applicationProtocol(in: .encryptedExtensions, settings)
    let length = try extensions.decoded(MaxFragmentLengthExtension.self, in: .encryptedExtensions)?.length
    if let length {
      let asked = settings.configuration.maxFragmentLength
      guard length == asked else { throw .wrongMaxFragmentLength(asked: asked, got: length) }
      //= https://www.rfc-editor.org/rfc/rfc8449#section-5
      //# A client MUST treat receipt of both "max_fragment_length" and "record_size_limit" as a fatal error
      guard !extensions.contains(.recordSizeLimit) else {
        throw .misplacedExtension(.maxFragmentLength, in: .encryptedExtensions)
      }
      out.settledFragmentLimit = length.byteCount
    }
    try out.settleRecordSizeLimit(
      own: settings.configuration.recordSizeLimit,
      peer: extensions.decoded(RecordSizeLimit.self, in: .encryptedExtensions))

    let isEarlyDataAccepted = try settleEarlyData(extensions, applicationProtocol, &out)

    let types = try AgreedCertificateTypes(extensions, in: .encryptedExtensions)
    let context = ClientContext13(
      hellos, applicationProtocol: applicationProtocol, maxFragmentLength: length,
      isEarlyDataAccepted: isEarlyDataAccepted, certificateTypes: types)

    transcript.append(frame.raw)
    if let session = context.session {
      if let verification = settings.verification(of: session, for: context.offer.reference) {
        let next = AwaitingResumedVerdict13(
          context: context, keys: keys, request: verification, transcript: transcript)
        guard let verdict = settings.configuration.trust.judgeInline(verification, isTraced: out.isTracing) else {
          return .client13(.awaitingResumedVerdict(next))
        }
        return try next.resume(verdict, &out)
      }
      return .client13(
        .awaitingFinished(
          AwaitingServerFinished13(
            context: context, keys: keys, request: nil, server: TrustedPeer(session.peer), serverScheme: nil,
            transcript: transcript)))
    }
    try settings.check(types)
    return .client13(
      .awaitingCertificateOrCertificateRequest(
        AwaitingCertificateOrCertificateRequest(context: context, keys: keys, transcript: transcript)))
  }

  /// Whether the server takes the early data that was offered. If not, the client goes on under the handshake's keys.
  private borrowing func settleEarlyData(
    _ extensions: ExtensionBlock, _ applicationProtocol: String?, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Bool {
    let isAccepted = try extensions.decoded(EarlyDataIndication.self, in: .encryptedExtensions) != nil
    guard let offered = hellos.offer.session, offered.offersEarlyData else { return false }
    guard isAccepted else {
      out.endEarlyData(because: hellos.session == nil ? .notResumed : .declinedByServer)
      try out.installSendingKeys(keys.client.protection(), for: .handshake)
      return false
    }
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.3.11
    //# verify that the server's selected_identity is 0. If any other value is returned, the client MUST abort the handshake with
    //# an "illegal_parameter" alert.
    guard let session = hellos.session else { throw .misplacedExtension(.earlyData, in: .encryptedExtensions) }
    guard session.cipherSuite == hellos.suite.suite else { throw .resumedWithOtherSuite(hellos.suite.suite) }
    guard applicationProtocol.map({ Array($0.utf8) }) == session.applicationProtocol else {
      throw .resumedWithOtherParameters("early data under another application protocol")
    }
    out.trace(.earlyData(EarlyDataFact(outcome: .accepted, limit: session.maxEarlyData)))
    return true
  }

  private static let allowed: [ExtensionType] = [
    .serverName, .maxFragmentLength, .supportedGroups, .applicationLayerProtocolNegotiation, .recordSizeLimit,
    .earlyData, .serverCertificateType, .clientCertificateType,
  ]
}

extension ExtensionBlock {
  /// The one protocol the server has chosen, if it has.
  func applicationProtocol(
    in message: HandshakeType, _ settings: ClientSettings
  ) throws(TLSError) -> String? {
    guard let answer = try decoded(ApplicationProtocols.self, in: message) else { return nil }
    //= https://www.rfc-editor.org/rfc/rfc7301#section-3.1
    //# the "ProtocolNameList" MUST contain exactly one "ProtocolName"
    guard answer.names.count == 1 else {
      throw .malformedExtension(
        .applicationLayerProtocolNegotiation, in: message,
        .badLength(field: "protocol_name_list", length: answer.names.count))
    }
    let name = String(decoding: answer.names[0], as: UTF8.self)
    guard settings.applicationProtocols.contains(answer.names[0]) else { throw .unofferedApplicationProtocol(name) }
    return name
  }
}

extension HandshakeOutput {
  /// RFC 8449 §4: each side's limit binds the other, and only if both have said one; in TLS 1.3 it counts the content type too.
  mutating func settleRecordSizeLimit(own: Int?, peer: RecordSizeLimit?) throws(TLSError) {
    guard let peer else { return }
    //= https://www.rfc-editor.org/rfc/rfc8449#section-4
    //# Endpoints MUST treat receipt of a smaller value as a fatal error and generate an "illegal_parameter" alert.
    guard peer.limit >= 64 else { throw .recordSizeLimitTooSmall(Int(peer.limit)) }
    guard let own else { return }
    writer.fragmentLimit = min(RecordReader.maximumFragment, Int(peer.limit) - 1)
    settledReceivingLimit = own - 1
    trace(
      .chose(Choice(.recordSizeLimit, chosen: "\(peer.limit)", rule: "what the peer takes; this side takes \(own)")))
  }
}
