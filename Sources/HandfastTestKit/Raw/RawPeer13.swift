package import HandfastCore
package import HandfastWire

/// What a raw peer of TLS 1.3 has besides.
extension RawPeer {
  package enum Stage {
    case early
    case handshake
    case application
  }

  /// The secret that protects what `side` sends at that stage.
  package func secret(of side: Side, at stage: Stage) -> [UInt8] {
    guard let schedule else { return [] }
    return switch (stage, side) {
    case (.early, _): schedule.clientEarly
    case (.handshake, .client): schedule.clientHandshake
    case (.handshake, .server): schedule.serverHandshake
    case (.application, .client): schedule.clientApplication
    case (.application, .server): schedule.serverApplication
    }
  }

  /// What this side sends from here on is under these keys.
  package func write(under stage: Stage) { writeKeys = schedule?.direction(secret(of: side, at: stage)) }

  /// What comes from here on is under these keys.
  package func read(under stage: Stage) { readKeys = schedule?.direction(secret(of: side.peer, at: stage)) }

  /// In clear again, as after a HelloRetryRequest.
  package func writeInClear() { writeKeys = nil }

  /// RFC 9846 §4.5.3: over the transcript so far.
  package func verifyData13(of sender: Side) -> [UInt8] {
    schedule?.verifyData(secret(of: sender, at: .handshake), transcript) ?? []
  }

  package func sendFinished13() { send(Finished(verifyData: verifyData13(of: side))) }

  /// The dummy ChangeCipherSpec (RFC 9846 §D.4).
  package func sendDummyChangeCipherSpec() { sendClear(.changeCipherSpec, [1]) }

  /// Passes the other side's dummy ChangeCipherSpec over, if it is next.
  package func skipDummyChangeCipherSpec() { _ = nextIsChangeCipherSpec() }

  /// RFC 9846 §4.1: what stands for the first ClientHello once a HelloRetryRequest follows.
  package func replaceTranscriptWithMessageHash(_ suite: CipherSuite13) {
    transcript = MessageHash.bytes(of: rawDigest(provider, suite.hash, transcript))
  }

  /// RFC 9846 §4.5.2.
  package func contentToSign13(by signer: Side) -> [UInt8] {
    let context = "TLS 1.3, \(signer.rawValue) CertificateVerify"
    return [UInt8](repeating: 32, count: 64) + Array(context.utf8) + [0] + (schedule?.digest(transcript) ?? [])
  }

  package func proof13(_ identity: Identity, scheme: SignatureScheme? = nil) throws -> CertificateVerify {
    guard let key = identity.key, let scheme = scheme ?? key.kind.signatureSchemes(in: .tls13).first else {
      throw CryptoError.unsupported
    }
    return CertificateVerify(
      algorithm: scheme, signature: try key.sign(contentToSign13(by: side), scheme: scheme))
  }

  /// Says KeyUpdate, and changes this side's keys.
  package func sendKeyUpdate(_ request: KeyUpdateRequest = .updateNotRequested) {
    send(KeyUpdate(request: request))
    changeKeys(of: side)
  }

  /// The next generation of what `sender` sends under (RFC 9846 §7.2).
  package func changeKeys(of sender: Side) {
    guard var schedule else { return }
    switch sender {
    case .client: schedule.clientApplication = schedule.next(schedule.clientApplication)
    case .server: schedule.serverApplication = schedule.next(schedule.serverApplication)
    }
    self.schedule = schedule
    if sender == side { write(under: .application) } else { read(under: .application) }
  }
}

extension Identity {
  package var certificate13: Certificate13 {
    Certificate13(
      context: [], entries: chain.map { CertificateEntry(certificate: $0, extensions: ExtensionBlock()) })
  }
}

/// A TLS 1.3 session as a raw client holds it.
package struct RawSession13 {
  package var suite: CipherSuite13
  package var psk: [UInt8]
  package var ticket: NewSessionTicket13

  package init(suite: CipherSuite13, psk: [UInt8], ticket: NewSessionTicket13) {
    self.suite = suite
    self.psk = psk
    self.ticket = ticket
  }
}
