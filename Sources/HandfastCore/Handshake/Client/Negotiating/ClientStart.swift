import HandfastWire

/// What the client has offered, for the rest of the handshake to hold the server to.
package struct Offer: Sendable {
  let reference: ServerReference
  let random: [UInt8]
  let extensions: [ExtensionType]
  /// As sent, GREASE included.
  let cipherSuites: [CipherSuite]
}

/// Sends the ClientHello. RFC 5246 §7.4.1.2.
package func startClient(
  _ settings: ClientSettings, to reference: ServerReference, _ out: inout HandshakeOutput
) throws(TLSError) -> Role {
  let configuration = settings.configuration
  let random = settings.provider.randomBytes(32)
  let grease = configuration.sendsGREASE ? GREASE(settings.provider) : nil
  var extensions = ExtensionBlock()
  if let grease { extensions.set(grease.firstExtension, []) }
  // An IP address is never sent: RFC 6066 §3 allows host names only.
  if case .dnsName(let name) = reference { extensions.set(ServerName(hostName: Array(name.utf8))) }
  extensions.set(ExtendedMasterSecret())
  extensions.set(RenegotiationInfo())
  extensions.set(SupportedGroups(groups: (grease.map { [$0.group] } ?? []) + configuration.groups))
  extensions.set(ECPointFormats(formats: [.uncompressed]))
  if !settings.applicationProtocols.isEmpty {
    extensions.set(ApplicationProtocols(names: settings.applicationProtocols))
  }
  extensions.set(SignatureAlgorithms(schemes: configuration.signatureSchemes))
  if let length = configuration.maxFragmentLength { extensions.set(MaxFragmentLengthExtension(length: length)) }
  if let grease { extensions.set(grease.lastExtension, [0]) }

  let hello = ClientHello(
    version: .tls12, random: random, sessionID: [],
    cipherSuites: (grease.map { [$0.suite] } ?? []) + settings.suites, extensions: extensions)
  out.knowledge.reference = reference
  var transcript = Transcript()
  try out.send(hello, &transcript)
  let offer = Offer(
    reference: reference, random: random, extensions: extensions.types, cipherSuites: hello.cipherSuites)
  return .clientNegotiating(AwaitingServerHello(settings: settings, offer: offer, transcript: transcript))
}

/// Reserved values among the offers; a server that stumbles over them would stumble over the next extension too (RFC 8701 §3.1).
private struct GREASE {
  let suite: CipherSuite
  let group: NamedGroup
  let firstExtension: ExtensionType
  let lastExtension: ExtensionType

  init(_ provider: any CryptoProvider) {
    let values = provider.randomBytes(4).map { UInt16($0 & 0xf0 | 0x0a) * 0x0101 }
    suite = CipherSuite(rawValue: values[0])
    group = NamedGroup(rawValue: values[1])
    firstExtension = ExtensionType(rawValue: values[2])
    // The same extension twice is an error, so the last one must differ from the first.
    lastExtension = ExtensionType(rawValue: values[3] == values[2] ? values[3] ^ 0x1010 : values[3])
  }
}
