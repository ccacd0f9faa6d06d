package import HandfastCore
package import HandfastWire

/// A server that a test drives message by message.
package final class RawServer {
  package let peer: RawPeer
  package var identity: Identity
  package var suite: CipherSuite
  package var group: NamedGroup
  /// Nil: the identity's best.
  package var scheme: SignatureScheme?
  /// Asks the client for a certificate.
  package var request: CertificateRequest12?
  package var extensions = ExtensionBlock()
  package private(set) var clientHello: ClientHello?
  package private(set) var clientChain: [[UInt8]] = []
  private var ephemeral: (any EphemeralKey)?

  package init(
    provider: any CryptoProvider, identity: Identity, suite: CipherSuite, group: NamedGroup = .x25519,
    request: CertificateRequest12? = nil
  ) {
    peer = RawPeer(.server, provider: provider)
    self.identity = identity
    self.suite = suite
    self.group = group
    self.request = request
    extensions.set(ExtendedMasterSecret())
    extensions.set(RenegotiationInfo())
  }

  /// Asks for any certificate of the kinds this library has.
  package static let anyCertificate = CertificateRequest12(
    certificateTypes: [.ecdsaSign, .rsaSign], signatureAlgorithms: .recommended, authorities: [])

  package func readHello() -> Bool {
    clientHello = peer.next(ClientHello.self)
    guard let clientHello else { return false }
    peer.clientRandom = clientHello.random
    return true
  }

  /// The ServerHello it would send.
  package func hello() -> ServerHello {
    ServerHello(
      version: .tls12, random: peer.provider.randomBytes(32), sessionID: [], cipherSuite: suite,
      extensions: extensions)
  }

  package func sendHello(_ hello: ServerHello? = nil) {
    let hello = hello ?? self.hello()
    peer.serverRandom = hello.random
    peer.suite = CipherSuiteParameters(hello.cipherSuite)
    peer.send(hello)
  }

  package func sendCertificate() {
    if identity.certificateType == .rawPublicKey {
      peer.send(RawPublicKey12(subjectPublicKeyInfo: identity.chain[0]))
    } else {
      peer.send(Certificate12(chain: identity.chain))
    }
  }

  /// The ServerKeyExchange it would send; its key stays for the client's answer.
  package func keyExchange() throws -> ServerKeyExchange {
    let key = try peer.provider.ephemeralKey(in: group)
    ephemeral = key
    return try signed(ServerECDHParams(group: group, point: key.publicValue))
  }

  package func signed(_ params: ServerECDHParams) throws -> ServerKeyExchange {
    guard let key = identity.key, let scheme = scheme ?? key.kind.signatureSchemes.first else {
      throw CryptoError.unsupported
    }
    let content = peer.clientRandom + peer.serverRandom + (params.encoded() ?? [])
    return ServerKeyExchange(params: params, algorithm: scheme, signature: try key.sign(content, scheme: scheme))
  }

  package func sendKeyExchange() throws { peer.send(try keyExchange()) }

  /// Everything from ServerHello to ServerHelloDone.
  package func sendFlight() throws {
    sendHello()
    sendCertificate()
    if peer.suite?.keyExchange == .ecdhe { try sendKeyExchange() }
    if let request { peer.send(request) }
    peer.send(ServerHelloDone())
  }

  /// Reads the client's flight up to its Finished and checks that; false when something is wrong with it.
  package func readFlight() throws -> Bool {
    if request != nil {
      let choice = try extensions.decode(ClientCertificateTypeChoice.self)
      guard let chain = peer.nextCertificate12(choice?.certificateType) else { return false }
      clientChain = chain
    }
    guard try readKeyExchange() else { return false }
    if !clientChain.isEmpty { guard peer.next(CertificateVerify.self) != nil else { return false } }
    guard peer.nextIsChangeCipherSpec() else { return false }
    let expected = peer.verifyData(of: .client)
    return peer.next(Finished.self)?.verifyData == expected
  }

  package func readKeyExchange() throws -> Bool {
    let preMasterSecret: [UInt8]
    if let ephemeral {
      guard let exchange = peer.next(ECDHClientKeyExchange.self) else { return false }
      let secret = try ephemeral.sharedSecret(with: exchange.point.span)
      preMasterSecret = secret.withSpan { [UInt8](copying: $0) }
    } else {
      guard let exchange = peer.next(RSAClientKeyExchange.self),
        let secret = identity.key?.decryptPreMasterSecret(
          exchange.encryptedPreMasterSecret, replacement: Secret([UInt8](repeating: 0, count: 48)))
      else { return false }
      preMasterSecret = secret.withSpan { [UInt8](copying: $0) }
    }
    peer.deriveKeys(preMasterSecret: preMasterSecret, extended: extensions.contains(.extendedMasterSecret))
    return true
  }

  package func sendFinished() {
    peer.sendChangeCipherSpec()
    peer.sendFinished()
  }

  /// Everything from ServerHello to Finished, for the session that the client has offered.
  package func resume(_ masterSecret: [UInt8], ticket: NewSessionTicket12? = nil) {
    var hello = self.hello()
    hello.sessionID = clientHello?.sessionID ?? []
    sendHello(hello)
    if let ticket { peer.send(ticket) }
    peer.resume(masterSecret)
    sendFinished()
  }

  /// Reads ChangeCipherSpec and Finished of a client that resumes; false when something else came.
  package func readResumed() -> Bool {
    guard peer.nextIsChangeCipherSpec() else { return false }
    let expected = peer.verifyData(of: .client)
    return peer.next(Finished.self)?.verifyData == expected
  }
}

extension RawPeer {
  /// TLS 1.2's Certificate in the form of that type; nil: X.509's.
  func nextCertificate12(_ type: CertificateType?) -> [[UInt8]]? {
    guard type == .rawPublicKey else { return next(Certificate12.self)?.chain }
    return next(RawPublicKey12.self).map { $0.subjectPublicKeyInfo.isEmpty ? [] : [$0.subjectPublicKeyInfo] }
  }
}
