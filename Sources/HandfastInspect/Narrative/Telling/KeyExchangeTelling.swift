import Handfast
import HandfastCore
import HandfastWire

extension StepTeller {
  func keyExchangeLines(_ type: HandshakeType, from sender: Side, on side: Side) -> [NarrativeLine] {
    switch type {
    case .serverKeyExchange: serverKeyExchangeLines(on: side)
    case .clientKeyExchange: clientKeyExchangeLines(on: side)
    default: decisions(on: side) + certificateVerifyLines(from: sender, on: side)
    }
  }

  private func serverKeyExchangeLines(on side: Side) -> [NarrativeLine] {
    guard let body: ServerKeyExchange = context.body(.serverKeyExchange, from: .server, preferring: side) else {
      return decisions(on: side)
    }
    var lines = decisions(on: side)
    if side == .server {
      lines.append(.heading("Sends"))
      lines.append(.field("group", "\(body.params.group.coded)", depth: 1))
      lines.append(
        .field("public value", "\(hexText(body.params.point)) (\(Self.shape(of: body.params.point)))", depth: 1))
    } else {
      let groups = context.clientHello(seenBy: .client)?.extensions.flatMap { try? $0.decode(SupportedGroups.self) }
      let offered = groups?.groups.contains(body.params.group) ?? false
      lines.append(
        offered
          ? .passed("group", "\(body.params.group.title), which it offered")
          : .failed("group", "\(body.params.group), which it did not offer"))
      lines.append(
        .field("public value", "\(shortHex(body.params.point)) (\(Self.shape(of: body.params.point)))"))
    }
    return lines
      + signatureLines(
        scheme: body.algorithm, signature: body.signature, signer: .server, on: side)
  }

  private func certificateVerifyLines(from signer: Side, on side: Side) -> [NarrativeLine] {
    guard let body: CertificateVerify = context.body(.certificateVerify, from: signer, preferring: side) else {
      return []
    }
    return signatureLines(scheme: body.algorithm, signature: body.signature, signer: signer, on: side)
  }

  /// What was signed, with what; or that it was verified.
  private func signatureLines(
    scheme: SignatureScheme, signature: [UInt8], signer: Side, on side: Side
  ) -> [NarrativeLine] {
    let facts = material.events(of: side).compactMap { event -> (fact: SignatureFact, verified: Bool)? in
      switch event {
      case .signed(let fact): (fact, false)
      case .verifiedSignature(let fact): (fact, true)
      default: nil
      }
    }
    let text = "\(scheme.coded), \(counted(signature.count, "byte"))"
    guard let (fact, verified) = facts.first else {
      return [.field("signature", text), .field("", shortHex(signature))]
    }
    var lines: [NarrativeLine] = []
    if verified {
      lines.append(.passed("signature", "\(text): made with the \(fact.key) key of the \(signer)'s certificate"))
      lines.append(.heading("It covers, as the \(side) saw it"))
    } else {
      lines.append(.heading("Signs with its \(fact.key) key"))
    }
    for input in fact.content {
      lines.append(.item("\(input.name): \(counted(input.byteCount, "byte"))", depth: 1))
      if let value = input.value { lines.append(.say(hexText(value), depth: 2)) }
    }
    if verified {
      lines.append(
        .passed(
          "so",
          signer == .server
            ? context.isTLS13
              ? "this server holds the certificate's key, and has seen this very handshake"
              : "this server holds the certificate's key, and this key exchange is its own"
            : "this client holds the certificate's key: mutual authentication is done"))
    } else {
      lines.append(.field("signature", text))
      lines.append(.field("", shortHex(signature)))
    }
    return lines
  }

  private func clientKeyExchangeLines(on side: Side) -> [NarrativeLine] {
    var lines = decisions(on: side)
    if context.usesKeyTransport {
      guard let body: RSAClientKeyExchange = context.body(.clientKeyExchange, from: .client, preferring: side)
      else { return lines }
      let count = counted(body.encryptedPreMasterSecret.count, "byte")
      lines.append(.field("encrypted", "the pre-master secret, in \(count) (RSAES-PKCS1-v1_5)"))
      lines.append(.field("", shortHex(body.encryptedPreMasterSecret)))
      if side == .client {
        lines.append(.field("with", "the public key of the server's certificate"))
        lines.append(
          .warned(
            "RFC 10015",
            "must not be used any more: whoever gets the server's key, even years later, opens every "
              + "connection recorded before. There is no ephemeral key that could be forgotten."))
      } else {
        lines.append(.field("with", "the private key of its certificate, which proves by this alone that it holds it"))
        lines.append(
          .warned(
            "padding",
            "a wrong one is never told: the server goes on with random bytes in the same time, and the "
              + "handshake fails at Finished. Telling the difference would be Bleichenbacher's oracle "
              + "(RFC 5246 §7.4.7.1)."))
      }
      return lines
    }
    guard let body: ECDHClientKeyExchange = context.body(.clientKeyExchange, from: .client, preferring: side) else {
      return lines
    }
    let group = context.negotiated?.group ?? serverGroup(seenBy: side)
    if let group { lines.append(.field("group", "\(group.title), as the server chose")) }
    let point = side == .client ? hexText(body.point) : shortHex(body.point)
    lines.append(.field("public value", "\(point) (\(Self.shape(of: body.point)))"))
    if side == .client {
      lines.append(.say("Its private half never leaves the client, and is forgotten after the next step.", .faint))
    }
    return lines
  }

  /// A NIST curve's point begins with how it is written: 4, uncompressed (SEC 1 §2.3.3). X25519's is a bare number.
  private static func shape(of point: [UInt8]) -> String {
    let size = counted(point.count, "byte")
    return point.count > 32 && point.first == 4 ? "\(size), an uncompressed point" : size
  }

  private func serverGroup(seenBy side: Side) -> NamedGroup? {
    let body: ServerKeyExchange? = context.body(.serverKeyExchange, from: .server, preferring: side)
    return body?.params.group
  }
}
