import HandfastWire

/// The client has offered; the server chooses, or asks for another offer. RFC 5246 §7.4.1.3, RFC 9846 §4.2.3.
package struct AwaitingServerHello: ~Copyable {
  let settings: ClientSettings
  let offer: Offer
  /// What the server has asked for; nil until it has.
  let retry: ClientRetry?
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let hello = try frame.decode(ServerHello.self)
    let extensions = hello.extensions ?? ExtensionBlock()
    if !hello.isRetryRequest { out.knowledge.peerClock = hello.random.clock }

    if settings.versions.contains(.tls13),
      let version = try extensions.decoded(SelectedVersion.self, in: .serverHello)?.version
    {
      //= https://www.rfc-editor.org/rfc/rfc9846#section-4.3.1
      //# If the "supported_versions" extension in the ServerHello contains a version not offered by the client or contains a
      //# version prior to TLS 1.3, the client MUST abort the handshake with an "illegal_parameter" alert.
      guard version == .tls13, hello.version == .tls12 else { throw .badSelectedVersion(version) }
      if hello.isRetryRequest { return try answerRetry(hello, extensions, frame, &out) }
      return try acceptServerHello13(hello, extensions, frame, &out)
    }
    guard !hello.isRetryRequest else { throw .missingExtension(.supportedVersions, in: .serverHello) }
    return try acceptServerHello12(hello, extensions, frame, &out)
  }

  /// Whether a ChangeCipherSpec from the server may be a dummy (RFC 9846 §D.4): before any ServerHello, too.
  var expectsDummyChangeCipherSpec: Bool { settings.versions.contains(.tls13) }
}

/// What a HelloRetryRequest has fixed.
package struct ClientRetry: Sendable {
  let suite: CipherSuite13
  /// Nil: only a cookie was to be returned.
  let group: NamedGroup?
}

/// What a server that could have done better puts at the end of its random (RFC 9846 §4.2.3).
package enum DowngradeSentinel {
  package static let tls12: [UInt8] = [0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x01]
  package static let tls11: [UInt8] = [0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x00]
}

extension ExtensionBlock {
  /// The extension of that kind, nil if it was not sent, or an error that names it.
  func decoded<E: ExtensionBody>(_ kind: E.Type, in message: HandshakeType) throws(TLSError) -> E? {
    // Most were not sent, and that is cheaper to find out by type than with generic code of another module.
    guard contains(E.type) else { return nil }
    do throws(DecodeError) { return try decode(kind) } catch { throw .malformedExtension(E.type, in: message, error) }
  }

  /// Only `allowed` may be there: what was never offered is unsupported, what was has no place in this message.
  func check(
    in message: HandshakeType, allowed: [ExtensionType], offered: (ExtensionType) -> Bool
  ) throws(TLSError) {
    let stray = firstType { !allowed.contains($0) || !offered($0) || $0.isGREASE }
    guard let stray else { return }
    if stray.isGREASE || !offered(stray) { throw .unofferedExtension(stray) }
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.3
    //# If an implementation receives an extension which it recognizes and which is not specified for the message in which it
    //# appears, it MUST abort the handshake with an "illegal_parameter" alert.
    throw .misplacedExtension(stray, in: message)
  }
}
