package import HandfastWire

/// What both sides will have in common: made by the key exchange, used up by the master secret.
package struct PreMasterSecret: ~Copyable {
  /// By which exchange.
  package enum Origin: Sendable {
    case ecdhe(NamedGroup, ownByteCount: Int, peerByteCount: Int)
    case rsa
  }
  let secret: Secret
  let origin: Origin

  package init(_ secret: consuming Secret, by origin: Origin) {
    self.secret = secret
    self.origin = origin
  }
}

extension PreMasterSecret.Origin {
  fileprivate var function: String {
    switch self {
    case .ecdhe(let group, _, _): "ECDHE with \(group)"
    case .rsa: "RSAES-PKCS1-v1_5 with the key of the server's certificate"
    }
  }

  fileprivate var inputs: [NamedInput] {
    switch self {
    case .ecdhe(_, let own, let peer):
      [NamedInput("own private key for the public value of", own), NamedInput("the peer's public value of", peer)]
    case .rsa: [NamedInput("client_version", 2), NamedInput("random of the client", 46)]
    }
  }
}

/// The two hellos' random values.
package struct HelloRandoms: Sendable, Equatable {
  package let client: [UInt8]
  package let server: [UInt8]

  package init(client: [UInt8], server: [UInt8]) {
    self.client = client
    self.server = server
  }
}

/// The secret from which everything else of a TLS 1.2 connection is derived (RFC 5246 §8.1, RFC 7627 §4). A class, because each of
/// the states that are left has it.
package final class MasterSecret12: Sendable {
  private let mac: any MessageAuthenticationKey
  /// The master secret itself, for sessions that are to be resumed.
  package let secret: SessionSecret
  private let provider: any CryptoProvider
  package let suite: CipherSuiteParameters
  package let randoms: HelloRandoms

  /// With extended master secret, `sessionHash` is the transcript's hash up to and including ClientKeyExchange.
  package init(
    from preMaster: consuming PreMasterSecret, suite: CipherSuiteParameters, randoms: HelloRandoms,
    sessionHash: [UInt8]?, provider: any CryptoProvider, sink: (any SecretSink)?, _ out: inout HandshakeOutput
  ) {
    let origin = preMaster.origin
    let count = preMaster.secret.count
    let preMasterKey = preMaster.secret.withSpan { provider.mac(suite.hash, key: $0) }
    let label = sessionHash == nil ? "master secret" : "extended master secret"
    let master =
      if let sessionHash {
        preMasterKey.prf(label, sessionHash, count: 48)
      } else {
        preMasterKey.prf(label, randoms.client, randoms.server, count: 48)
      }
    mac = master.withSpan { provider.mac(suite.hash, key: $0) }
    let secret = SessionSecret(master)
    self.secret = secret
    self.provider = provider
    self.suite = suite
    self.randoms = randoms

    if let sink {
      let client = randoms.client
      preMaster.secret.withSpan {
        sink.receive(DisclosedSecret(kind: .preMasterSecret, clientRandom: client, bytes: [UInt8](copying: $0)))
      }
      secret.withSpan {
        sink.receive(DisclosedSecret(kind: .masterSecret, clientRandom: client, bytes: [UInt8](copying: $0)))
      }
    }
    out.trace(
      .derivedSecret(
        DerivationFact(name: .preMasterSecret, byteCount: count, function: origin.function, inputs: origin.inputs)))
    out.trace(
      .derivedSecret(
        DerivationFact(
          name: .masterSecret, byteCount: 48, function: "PRF with HMAC-\(suite.hash.rawValue)", label: label,
          inputs: [NamedInput("pre-master secret", count)]
            + (sessionHash.map { [NamedInput("session_hash", $0.count, value: $0)] } ?? Self.randomInputs))))
  }

  /// A session's master secret, with new randoms (RFC 5246 §7.3, figure 2).
  package init(
    resuming session: SessionSecret, suite: CipherSuiteParameters, randoms: HelloRandoms,
    provider: any CryptoProvider, sink: (any SecretSink)?, _ out: inout HandshakeOutput
  ) {
    mac = session.withSpan { provider.mac(suite.hash, key: $0) }
    secret = session
    self.provider = provider
    self.suite = suite
    self.randoms = randoms
    if let sink {
      session.withSpan {
        sink.receive(
          DisclosedSecret(kind: .masterSecret, clientRandom: randoms.client, bytes: [UInt8](copying: $0)))
      }
    }
    out.trace(
      .derivedSecret(
        DerivationFact(
          name: .masterSecret, byteCount: session.count, function: "taken from the session",
          inputs: [NamedInput("the session's master secret", session.count)])))
  }

  private static let randomInputs = [NamedInput("ClientHello.random", 32), NamedInput("ServerHello.random", 32)]

  /// RFC 5246 §6.3. The suites here are AEADs: no MAC keys.
  package func connectionKeys(
    recordsPerKey: UInt64?, sink: (any SecretSink)?, _ out: inout HandshakeOutput
  ) throws(TLSError) -> ConnectionKeys12 {
    let keyCount = suite.aead.keyByteCount
    let ivCount = suite.fixedIVByteCount
    let block = mac.prf("key expansion", randoms.server, randoms.client, count: 2 * (keyCount + ivCount))
    out.trace(
      .derivedSecret(
        DerivationFact(
          name: .keyBlock, byteCount: block.count, function: "PRF with HMAC-\(suite.hash.rawValue)",
          label: "key expansion",
          inputs: [NamedInput("master secret", 48)] + Self.randomInputs.reversed(),
          parts: [
            NamedInput("client_write_key", keyCount), NamedInput("server_write_key", keyCount),
            NamedInput("client_write_IV", ivCount), NamedInput("server_write_IV", ivCount),
          ])))
    if let sink {
      let client = randoms.client
      block.withSpan {
        sink.receive(DisclosedSecret(kind: .keyBlock, clientRandom: client, bytes: [UInt8](copying: $0)))
      }
    }
    return try block.withSpan { block throws(TLSError) in
      let ivs = 2 * keyCount
      return ConnectionKeys12(
        client: try protection(block, keyAt: 0, ivAt: ivs, recordsPerKey),
        server: try protection(block, keyAt: keyCount, ivAt: ivs + ivCount, recordsPerKey))
    }
  }

  private func protection(
    _ block: Span<UInt8>, keyAt: Int, ivAt: Int, _ recordsPerKey: UInt64?
  ) throws(TLSError) -> RecordProtection {
    do throws(CryptoError) {
      let key = try provider.recordKey(suite.aead, key: block.extracting(keyAt..<keyAt + suite.aead.keyByteCount))
      return RecordProtection(
        key: key, fixedIV: block.extracting(ivAt..<ivAt + suite.fixedIVByteCount), suite: suite,
        recordLimit: min(recordsPerKey ?? .max, suite.recordLimit))
    } catch {
      throw .cryptoFailed("\(error)")
    }
  }

  /// RFC 5246 §7.4.9: 12 bytes for every suite here.
  package func verifyData(of sender: Side, transcriptHash: Span<UInt8>) -> InlineArray<12, UInt8> {
    let nothing: [UInt8] = []
    var verifyData = InlineArray<12, UInt8>(repeating: 0)
    var room = verifyData.mutableSpan
    mac.prf(Self.finishedLabel(of: sender), transcriptHash, nothing.span, into: &room)
    return verifyData
  }

  package static func finishedLabel(of sender: Side) -> String {
    sender == .client ? "client finished" : "server finished"
  }

  /// RFC 5705 §4.
  package func export(label: String, context: [UInt8]?, byteCount: Int) -> [UInt8] {
    var seed = randoms.client + randoms.server
    if let context {
      seed += [UInt8(truncatingIfNeeded: context.count >> 8), UInt8(truncatingIfNeeded: context.count)] + context
    }
    return mac.prf(label, seed, count: byteCount).disclosed()
  }
}

/// The two directions' keys.
package struct ConnectionKeys12: ~Copyable {
  package let client: RecordProtection
  package let server: RecordProtection

  init(client: consuming RecordProtection, server: consuming RecordProtection) {
    self.client = client
    self.server = server
  }
}

extension MessageAuthenticationKey {
  package func prf(_ label: String, _ seed: Span<UInt8>, _ more: Span<UInt8>, into output: inout MutableSpan<UInt8>) {
    prfPlainly(label, seed, more, into: &output)
  }

  package func prf(_ label: String, _ seed: Span<UInt8>, _ more: Span<UInt8>, count: Int) -> Secret {
    Secret(count: count) { output in prf(label, seed, more, into: &output) }
  }

  /// By way of single MACs, for those that have nothing shorter. PRF(secret, label, seed) = P_hash(secret, label + seed), and
  /// P_hash(secret, seed) = HMAC(secret, A(1) + seed) + HMAC(secret, A(2) + seed) + ..., A(0) = seed, A(i) = HMAC(secret, A(i-1)).
  package func prfPlainly(
    _ label: String, _ seed: Span<UInt8>, _ more: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) {
    let nothing: [UInt8] = []
    var labelled = Array(label.utf8)
    labelled.append(copying: seed)
    labelled.append(copying: more)
    var a = authenticate(labelled.span, nothing.span)
    var done = 0
    while true {
      var block = authenticate(a.span, labelled.span)
      let part = min(block.count, output.count - done)
      for index in 0..<part { output[done + index] = block[index] }
      overwrite(&block)
      done += part
      if done == output.count { break }
      var next = authenticate(a.span, nothing.span)
      swap(&a, &next)
      overwrite(&next)
    }
    overwrite(&a)
  }

  fileprivate func prf(_ label: String, _ seed: [UInt8], _ more: [UInt8] = [], count: Int) -> Secret {
    prf(label, seed.span, more.span, count: count)
  }
}
