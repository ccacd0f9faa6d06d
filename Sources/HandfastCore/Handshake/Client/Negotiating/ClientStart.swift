import HandfastWire

/// What the client has offered, for the rest of the handshake to hold the server to.
package final class Offer: Sendable {
  let reference: ServerReference
  /// As sent, GREASE included; a second ClientHello is made from it.
  let hello: ClientHello
  /// The private halves of TLS 1.3's key shares.
  let keys: [KeyShareKey]
  /// Nil: nothing is resumed or kept.
  let sessions: ClientSessions?
  let session: OfferedSession?
  /// Of the session, if it is one of TLS 1.3.
  let early: EarlySecret13?

  init(
    reference: ServerReference, hello: ClientHello, keys: [KeyShareKey], sessions: ClientSessions?,
    session: OfferedSession?, early: EarlySecret13?
  ) {
    self.reference = reference
    self.hello = hello
    self.keys = keys
    self.sessions = sessions
    self.session = session
    self.early = early
  }

  var random: [UInt8] { hello.random }
  func offers(_ type: ExtensionType) -> Bool { hello.extensions?.contains(type) ?? false }
  var serverName: String? {
    if case .dnsName(let name) = reference { name } else { nil }
  }
}

/// One key share with its private half.
package struct KeyShareKey: Sendable {
  let group: NamedGroup
  let key: any EphemeralKey

  var entry: KeyShareEntry { KeyShareEntry(group: group, keyExchange: key.publicValue) }
}

/// Sends the ClientHello. RFC 5246 §7.4.1.2, RFC 9846 §4.2.2.
package func startClient(
  _ settings: ClientSettings, to reference: ServerReference, _ out: inout HandshakeOutput
) throws(TLSError) -> Role {
  // In one draw: the generator's work is by the call.
  var entropy = settings.provider.randomBytes(64 + GREASE.byteCount)
  let grease = settings.configuration.sendsGREASE ? GREASE(entropy.dropFirst(64)) : nil
  let offersTLS13 = settings.versions.contains(.tls13)
  let keys = offersTLS13 ? try keyShareKeys(settings) : []
  let sessions = ClientSessions(settings, to: reference)
  let session = settings.takeSession(from: sessions, &out)
  let sessionID = settings.sessionID(offering: session?.session, random: entropy[32..<64])
  entropy.removeLast(entropy.count - 32)
  let hello = ClientHello(
    version: .tls12, random: entropy, sessionID: sessionID,
    cipherSuites: list(grease?.suite, settings.suites13, settings.suites12),
    extensions: clientExtensions(settings, reference, keys.map(\.entry), sessions, session, grease))
  out.knowledge.reference = reference
  if session != nil, let sessions { out.keptSession = .client(sessions) }
  var transcript = Transcript()
  // RFC 9846 §5.1: the first ClientHello's records say TLS 1.0, since there are servers that know nothing later.
  out.writer.clearVersion = 0x01
  let (sent, early) = try sendClientHello(hello, offering: session, settings, &transcript, &out)
  out.writer.clearVersion = 0x03
  out.knowledge.clientHello = sent
  if let session, let early { try startEarlyData(session, early, transcript, &out) }
  let offer = Offer(
    reference: reference, hello: sent, keys: keys, sessions: sessions, session: session, early: early)
  return .clientNegotiating(AwaitingServerHello(settings: settings, offer: offer, retry: nil, transcript: transcript))
}

extension ClientSettings {
  /// What stands as session_id in the ClientHello. TLS 1.3 sends one that means nothing, so that it looks to middleboxes like
  /// TLS 1.2 resuming a session (RFC 9846 §D.4); with a ticket of TLS 1.2 the server repeats it where it resumes (RFC 5077 §3.4).
  fileprivate func sessionID(offering session: ClientSession?, random: ArraySlice<UInt8>) -> [UInt8] {
    if let session, session.version == .tls12, session.ticket.isEmpty { return session.sessionID }
    let isNeeded = versions.contains(.tls13) || session?.version == .tls12
    return isNeeded ? Array(random) : []
  }
}

/// A key for each group of which a share is sent. The classical half of a hybrid serves as a share of its own too, where its
/// group is enabled: it costs nothing, and spares a round trip with servers that do not know the hybrid.
private func keyShareKeys(_ settings: ClientSettings) throws(TLSError) -> [KeyShareKey] {
  var keys: [KeyShareKey] = []
  let isExplicit = settings.configuration.keyShareGroups != nil
  for group in settings.keyShareGroups where !keys.contains(where: { $0.group == group }) {
    let key = try ephemeralKey(in: group, settings.provider)
    keys.append(KeyShareKey(group: group, key: key))
    guard let component = key.component, !keys.contains(where: { $0.group == component.group }) else { continue }
    let isWanted =
      isExplicit
      ? settings.keyShareGroups.contains(component.group) : settings.configuration.groups.contains(component.group)
    if isWanted { keys.append(KeyShareKey(group: component.group, key: component.key)) }
  }
  return keys
}

func ephemeralKey(in group: NamedGroup, _ provider: any CryptoProvider) throws(TLSError) -> any EphemeralKey {
  do throws(CryptoError) { return try provider.ephemeralKey(in: group) } catch { throw .cryptoFailed("\(error)") }
}

private func clientExtensions(
  _ settings: ClientSettings, _ reference: ServerReference, _ shares: [KeyShareEntry], _ sessions: ClientSessions?,
  _ offered: OfferedSession?, _ grease: GREASE?
) -> ExtensionBlock {
  let (offersTLS12, offersTLS13) = (settings.versions.contains(.tls12), settings.versions.contains(.tls13))
  // All but what is long take some 160 bytes.
  let longest = (offered?.session.ticket.count ?? 0) + shares.reduce(0) { $0 + $1.keyExchange.count }
  var extensions = ExtensionBlock(capacity: 20, dataByteCount: 256 + longest)
  if let grease { extensions.set(grease.firstExtension, []) }
  // An IP address is never sent: RFC 6066 §3 allows host names only.
  if case .dnsName(let name) = reference { extensions.set(ServerName(hostName: Array(name.utf8))) }
  if offersTLS12 {
    extensions.set(ExtendedMasterSecret())
    extensions.set(RenegotiationInfo())
    if sessions != nil, settings.configuration.offersTLS12Tickets {
      let ticket = offered.map { $0.session.version == .tls12 ? $0.session.ticket : [] } ?? []
      extensions.set(SessionTicketExtension(ticket: ticket))
    }
  }
  let groups = offersTLS13 ? settings.configuration.groups : settings.groups12
  extensions.set(SupportedGroups(groups: list(grease?.group, groups)))
  if offersTLS12 { extensions.set(ECPointFormats.uncompressedOnly) }
  if !settings.applicationProtocols.isEmpty {
    extensions.set(ApplicationProtocols(names: settings.applicationProtocols))
  }
  if settings.configuration.requestsCertificateStatus { extensions.set(StatusRequest()) }
  if settings.configuration.requestsCertificateTimestamps { extensions.set(TimestampsRequest()) }
  if settings.serverCertificateTypes != [.x509] {
    extensions.set(ServerCertificateTypes(types: settings.serverCertificateTypes))
  }
  if settings.clientCertificateTypes != [.x509] {
    extensions.set(ClientCertificateTypes(types: settings.clientCertificateTypes))
  }
  extensions.set(SignatureAlgorithms(schemes: settings.configuration.signatureSchemes))
  if let schemes = settings.configuration.certificateSignatureSchemes {
    extensions.set(SignatureAlgorithmsCert(schemes: schemes))
  }
  if let length = settings.configuration.maxFragmentLength {
    extensions.set(MaxFragmentLengthExtension(length: length))
  }
  if offersTLS13 {
    extensions.set(SupportedVersions(versions: list(grease?.version, settings.versions)))
    extensions.set(ClientKeyShares(entries: list(grease?.keyShare, shares)))
    // Even without a place for sessions: a server's ticket is also what tells that it has accepted the client.
    extensions.set(PSKKeyExchangeModes(modes: [.pskDHEKE]))
    if let offered, offered.offersEarlyData { extensions.set(EarlyDataIndication()) }
    let compressions = settings.configuration.certificateCompressors.map(\.algorithm)
    if !compressions.isEmpty { extensions.set(CompressCertificate(algorithms: compressions)) }
    if let limit = settings.configuration.recordSizeLimit { extensions.set(RecordSizeLimit(limit: UInt16(limit))) }
  }
  if let grease { extensions.set(grease.lastExtension, [0]) }
  // The last of all is pre_shared_key, which is set when the rest of the message is there (RFC 9846 §4.3.11).
  return extensions
}

/// A reserved value, if there is one, before what is meant: in one array from the start.
private func list<Element>(_ reserved: Element?, _ elements: [Element], _ more: [Element] = []) -> [Element] {
  var list: [Element] = []
  list.reserveCapacity(1 + elements.count + more.count)
  if let reserved { list.append(reserved) }
  list += elements
  list += more
  return list
}

/// Reserved values among the offers; a server that stumbles over them would stumble over the next extension too (RFC 8701 §3.1).
private struct GREASE {
  let suite: CipherSuite
  let group: NamedGroup
  let version: ProtocolVersion
  let firstExtension: ExtensionType
  let lastExtension: ExtensionType

  /// Of random bytes.
  static let byteCount = 5

  init(_ random: ArraySlice<UInt8>) {
    func value(_ index: Int) -> UInt16 { UInt16(random[random.startIndex + index] & 0xf0 | 0x0a) * 0x0101 }
    suite = CipherSuite(rawValue: value(0))
    group = NamedGroup(rawValue: value(1))
    firstExtension = ExtensionType(rawValue: value(2))
    // The same extension twice is an error, so the last one must differ from the first.
    lastExtension = ExtensionType(rawValue: value(3) == value(2) ? value(3) ^ 0x1010 : value(3))
    version = ProtocolVersion(rawValue: value(4))
  }

  var keyShare: KeyShareEntry { KeyShareEntry(group: group, keyExchange: [0]) }
}
