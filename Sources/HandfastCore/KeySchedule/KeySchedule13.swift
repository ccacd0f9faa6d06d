package import HandfastWire

// RFC 9846 §7.1. Each stage is made of the one before, and the last two use it up:
//
//     PSK ---> EarlySecret13 ---(EC)DHE---> HandshakeSecret13 ---> MainSecret13

/// What the key schedule needs besides secrets. A class, because each of its stages has it.
package final class ScheduleContext: Sendable {
  package let suite: CipherSuite13
  package let provider: any CryptoProvider
  package let clientRandom: [UInt8]
  package let sink: (any SecretSink)?
  /// Records per key before it is changed; nil: what the AEAD allows.
  package let recordsPerKey: UInt64?

  package init(
    suite: CipherSuite13, provider: any CryptoProvider, clientRandom: [UInt8], sink: (any SecretSink)?,
    recordsPerKey: UInt64?
  ) {
    self.suite = suite
    self.provider = provider
    self.clientRandom = clientRandom
    self.sink = sink
    self.recordsPerKey = recordsPerKey
  }

  package var hash: HashAlgorithm { suite.hash }

  /// The hash of no messages at all, which "derived" is bound to.
  var emptyHash: [UInt8] { hash.ofNothing }

  func scheduleSecret(_ secret: consuming Secret) -> ScheduleSecret {
    ScheduleSecret(secret, hash: hash, provider: provider)
  }

  /// Derives a secret from the transcript, says so, and shows it to the sink if there is one.
  func derive(
    _ name: DerivationFact.Name, _ label: String, from secret: borrowing ScheduleSecret, named source: String,
    transcript: [UInt8], of messages: String, disclose kind: DisclosedSecret.Kind?, _ out: inout HandshakeOutput
  ) -> ScheduleSecret {
    tell(
      secret.derive(label, transcriptHash: transcript), name, label, named: source, transcript: transcript,
      of: messages, disclose: kind, &out)
  }

  private func tell(
    _ derived: consuming Secret, _ name: DerivationFact.Name, _ label: String, named source: String,
    transcript: [UInt8], of messages: String, disclose kind: DisclosedSecret.Kind?, _ out: inout HandshakeOutput
  ) -> ScheduleSecret {
    if let kind { disclose(derived, as: kind) }
    out.trace(
      .derivedSecret(
        DerivationFact(
          name: name, byteCount: hash.byteCount, function: "HKDF-Expand-Label with \(hash.rawValue)", label: label,
          inputs: [NamedInput(source, hash.byteCount), NamedInput("transcript hash of \(messages)", transcript.count)],
          transcriptHash: transcript)))
    return scheduleSecret(derived)
  }

  /// What a traffic secret is called: in the derivation, in events, and by a secret sink.
  struct TrafficName {
    let label: String
    let name: DerivationFact.Name
    let kind: DisclosedSecret.Kind

    init(_ label: String, _ name: DerivationFact.Name, _ kind: DisclosedSecret.Kind) {
      self.label = label
      self.name = name
      self.kind = kind
    }
  }

  func trafficPair(
    from secret: borrowing ScheduleSecret, named source: String, transcript: [UInt8], of messages: String,
    client: TrafficName, server: TrafficName, _ out: inout HandshakeOutput
  ) -> TrafficPair13 {
    let both = secret.derive(client.label, server.label, transcriptHash: transcript)
    let clientSecret = tell(
      both.first, client.name, client.label, named: source, transcript: transcript, of: messages,
      disclose: client.kind, &out)
    let serverSecret = tell(
      both.second, server.name, server.label, named: source, transcript: transcript, of: messages,
      disclose: server.kind, &out)
    return TrafficPair13(
      client: TrafficSecret13(clientSecret, of: .client, kind: client.kind, self),
      server: TrafficSecret13(serverSecret, of: .server, kind: server.kind, self))
  }

  func disclose(_ secret: borrowing Secret, as kind: DisclosedSecret.Kind, generation: Int = 0) {
    guard let sink else { return }
    let client = clientRandom
    secret.withSpan {
      sink.receive(
        DisclosedSecret(kind: kind, clientRandom: client, bytes: [UInt8](copying: $0), generation: generation))
    }
  }
}

/// The first stage: from a pre-shared key, or from zeros. A class, because a session that is offered has its binder from it, and the
/// handshake what follows.
package final class EarlySecret13: Sendable {
  /// Nil without a pre-shared key: what is made of it then is the same in every handshake.
  private let secret: ScheduleSecret?
  private let context: ScheduleContext

  package init(psk: SessionSecret?, _ context: ScheduleContext) {
    let (hash, provider) = (context.hash, context.provider)
    secret = psk?.withSpan {
      ScheduleSecret(extractingFrom: $0, salt: hash.zeros.span, hash: hash, provider: provider)
    }
    self.context = context
  }

  package func tell(_ out: inout HandshakeOutput) {
    let hash = context.hash
    out.trace(
      .derivedSecret(
        DerivationFact(
          name: .earlySecret, byteCount: hash.byteCount, function: "HKDF-Extract with \(hash.rawValue)",
          inputs: [
            NamedInput("zeros as salt", hash.byteCount),
            NamedInput(secret == nil ? "zeros instead of a PSK" : "resumption PSK", hash.byteCount),
          ])))
  }

  private func withSecret<R: ~Copyable>(_ body: (borrowing ScheduleSecret) -> R) -> R {
    switch secret {
    case .some(let secret): return body(secret)
    case .none:
      let zeros = context.hash.zeros
      return body(
        ScheduleSecret(
          extractingFrom: zeros.span, salt: zeros.span, hash: context.hash, provider: context.provider))
    }
  }

  /// A binder: the proof, inside a ClientHello, that its sender holds the PSK (RFC 9846 §4.3.11.2). `transcriptHash` is over
  /// everything up to the binders' list.
  package func binder(transcriptHash: [UInt8]) -> [UInt8] {
    withSecret { context.scheduleSecret($0.derive("res binder", transcriptHash: context.emptyHash)) }
      .finishedMAC(transcriptHash: transcriptHash.span)
  }

  /// For 0-RTT data; `transcriptHash` is over the whole ClientHello.
  package func earlyTraffic(transcriptHash: [UInt8], _ out: inout HandshakeOutput) -> TrafficSecret13 {
    TrafficSecret13(
      withSecret {
        context.derive(
          .clientEarlyTrafficSecret, "c e traffic", from: $0, named: "early secret", transcript: transcriptHash,
          of: "ClientHello", disclose: .clientEarlyTrafficSecret, &out)
      },
      of: .client, kind: .clientEarlyTrafficSecret, context)
  }

  /// The server may have chosen another suite than the session's, with the same hash: `context` says which.
  package func handshake(
    sharedSecret: borrowing Secret, group: NamedGroup, _ context: ScheduleContext, _ out: inout HandshakeOutput
  ) -> HandshakeSecret13 {
    let (hash, provider) = (context.hash, context.provider)
    let next = sharedSecret.withSpan { shared in
      // Without a PSK the salt is known.
      if secret == nil, let salt = hash.saltWithoutPSK {
        return ScheduleSecret(extractingFrom: shared, salt: salt.span, hash: hash, provider: provider)
      }
      return withSecret { $0.next(material: shared) }
    }
    out.trace(
      .derivedSecret(
        DerivationFact(
          name: .handshakeSecret, byteCount: hash.byteCount, function: "HKDF-Extract with \(hash.rawValue)",
          inputs: [
            NamedInput("salt derived from the early secret", hash.byteCount),
            NamedInput("shared secret of \(group)", sharedSecret.count),
          ])))
    return HandshakeSecret13(secret: next, context: context)
  }
}

/// The second stage: with the (EC)DHE secret in it.
package struct HandshakeSecret13: ~Copyable {
  private let secret: ScheduleSecret
  package let context: ScheduleContext

  init(secret: consuming ScheduleSecret, context: ScheduleContext) {
    self.secret = secret
    self.context = context
  }

  /// `transcriptHash` is over ClientHello to ServerHello.
  package func traffic(transcriptHash: [UInt8], _ out: inout HandshakeOutput) -> TrafficPair13 {
    context.trafficPair(
      from: secret, named: "handshake secret", transcript: transcriptHash, of: "ClientHello to ServerHello",
      client: .init("c hs traffic", .clientHandshakeTrafficSecret, .clientHandshakeTrafficSecret),
      server: .init("s hs traffic", .serverHandshakeTrafficSecret, .serverHandshakeTrafficSecret), &out)
  }

  package consuming func main(_ out: inout HandshakeOutput) -> MainSecret13 {
    let context = context
    let hash = context.hash
    let next = secret.next(material: hash.zeros.span)
    out.trace(
      .derivedSecret(
        DerivationFact(
          name: .mainSecret, byteCount: hash.byteCount, function: "HKDF-Extract with \(hash.rawValue)",
          inputs: [
            NamedInput("salt derived from the handshake secret", hash.byteCount), NamedInput("zeros", hash.byteCount),
          ])))
    return MainSecret13(secret: next, context: context)
  }
}

/// The last stage (RFC 8446 called it the master secret).
package struct MainSecret13: ~Copyable {
  private let secret: ScheduleSecret
  package let context: ScheduleContext

  init(secret: consuming ScheduleSecret, context: ScheduleContext) {
    self.secret = secret
    self.context = context
  }

  /// `transcriptHash` is over ClientHello to the server's Finished.
  package func traffic(transcriptHash: [UInt8], _ out: inout HandshakeOutput) -> TrafficPair13 {
    context.trafficPair(
      from: secret, named: "main secret", transcript: transcriptHash, of: "ClientHello to server Finished",
      client: .init("c ap traffic", .clientApplicationTrafficSecret, .clientApplicationTrafficSecret),
      server: .init("s ap traffic", .serverApplicationTrafficSecret, .serverApplicationTrafficSecret), &out)
  }

  /// Of the same transcript as `traffic`.
  package func exporter(transcriptHash: [UInt8], _ out: inout HandshakeOutput) -> ExporterSecret13 {
    ExporterSecret13(
      secret: context.derive(
        .exporterSecret, "exp master", from: secret, named: "main secret", transcript: transcriptHash,
        of: "ClientHello to server Finished", disclose: .exporterSecret, &out),
      context: context)
  }

  /// `transcriptHash` is over ClientHello to the client's Finished.
  package consuming func resumption(
    transcriptHash: [UInt8], _ out: inout HandshakeOutput
  ) -> ResumptionSecret13 {
    ResumptionSecret13(
      secret: context.derive(
        .resumptionSecret, "res master", from: secret, named: "main secret", transcript: transcriptHash,
        of: "ClientHello to client Finished", disclose: nil, &out),
      context: context)
  }
}

/// From which each ticket's PSK comes (RFC 9846 §4.7.1).
package struct ResumptionSecret13: ~Copyable, Sendable {
  let secret: ScheduleSecret
  let context: ScheduleContext

  package func psk(nonce: [UInt8], _ out: inout HandshakeOutput) -> SessionSecret {
    let count = context.hash.byteCount
    out.trace(
      .derivedSecret(
        DerivationFact(
          name: .resumptionPSK, byteCount: count, function: "HKDF-Expand-Label with \(context.hash.rawValue)",
          label: "resumption",
          inputs: [NamedInput("resumption secret", count), NamedInput("ticket_nonce", nonce.count)])))
    return SessionSecret(secret.expand("resumption", context: nonce, count: count))
  }
}

/// RFC 9846 §7.5.
package struct ExporterSecret13: ~Copyable, Sendable {
  let secret: ScheduleSecret
  let context: ScheduleContext

  var byteCount: Int { context.hash.byteCount }

  package func export(label: String, context value: [UInt8]?, byteCount: Int) -> [UInt8] {
    let derived = context.scheduleSecret(secret.derive(label, transcriptHash: context.emptyHash))
    let hash = context.provider.runningHash(context.hash)
    let value = value ?? []
    hash.update(value.span)
    return derived.expand("exporter", context: hash.digest(), count: byteCount).disclosed()
  }
}

/// Both directions' traffic secrets of one stage.
package struct TrafficPair13: ~Copyable {
  package let client: TrafficSecret13
  package let server: TrafficSecret13

  init(client: consuming TrafficSecret13, server: consuming TrafficSecret13) {
    self.client = client
    self.server = server
  }
}

/// One direction's secret: record keys, Finished and the next generation come from it (RFC 9846 §7.2, §7.3, §4.5.3).
package struct TrafficSecret13: ~Copyable, Sendable {
  private let secret: ScheduleSecret
  private let context: ScheduleContext
  private let kind: DisclosedSecret.Kind
  package let sender: Side
  /// How often a KeyUpdate has changed it.
  package let generation: Int

  init(
    _ secret: consuming ScheduleSecret, of sender: Side, kind: DisclosedSecret.Kind, _ context: ScheduleContext,
    generation: Int = 0
  ) {
    self.secret = secret
    self.context = context
    self.sender = sender
    self.kind = kind
    self.generation = generation
  }

  package func protection() throws(TLSError) -> RecordProtection {
    let suite = context.suite
    do throws(CryptoError) {
      let made = try secret.trafficKey(suite.aead)
      return RecordProtection(
        key: made.key, iv: made.iv.span, suite: suite,
        recordLimit: min(context.recordsPerKey ?? .max, suite.recordLimit))
    } catch {
      throw .cryptoFailed("\(error)")
    }
  }

  /// RFC 9846 §4.5.3.
  package func verifyData(transcriptHash: Span<UInt8>) -> [UInt8] {
    secret.finishedMAC(transcriptHash: transcriptHash)
  }

  /// RFC 9846 §7.2.
  package func next(_ out: inout HandshakeOutput) -> TrafficSecret13 {
    let (context, kind, sender, generation) = (context, kind, sender, generation + 1)
    let count = context.hash.byteCount
    let secret = secret.expand("traffic upd", context: [], count: count)
    context.disclose(secret, as: kind, generation: generation)
    out.trace(
      .derivedSecret(
        DerivationFact(
          name: sender == .client ? .clientApplicationTrafficSecret : .serverApplicationTrafficSecret,
          byteCount: count, function: "HKDF-Expand-Label with \(context.hash.rawValue)", label: "traffic upd",
          inputs: [NamedInput("the traffic secret before", count)])))
    return TrafficSecret13(
      context.scheduleSecret(secret), of: sender, kind: kind, context, generation: generation)
  }
}
