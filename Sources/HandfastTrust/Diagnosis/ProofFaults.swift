import HandfastCore
import HandfastWire

/// Proofs that do not hold, and faults of this side itself.
extension Diagnostician {
  func keyDoesNotFitSuite(_ key: KeyKind, _ suite: CipherSuite) -> Diagnosis {
    because(
      .keyExchangeUnfit, of: peer,
      "The suite \(suite) wants a certificate with another kind of key than the server's (\(key)).",
      rule: "RFC 5246 §7.4.2 (the key must suit the key exchange)",
      remedy:
        "Configure the server's certificates and suites to fit; its TLS software should not have chosen this pair.",
      certificate: peerCertificate())
  }

  func signatureSchemeDoesNotFitKey(_ scheme: SignatureScheme, _ key: KeyKind) -> Diagnosis {
    because(
      .keyExchangeUnfit, of: peer,
      "The \(them) says it signed with \(scheme), which the key of its certificate (\(key)) cannot make.",
      rule: "RFC 5246 §7.4.3 and §7.4.8",
      remedy:
        "Check that the \(them) uses the private key of the certificate it sends; if so, update its TLS software.",
      certificate: peerCertificate())
  }

  func badSignature(_ message: HandshakeType, _ scheme: SignatureScheme) -> Diagnosis {
    because(
      .keyMismatch, of: nil,
      "The signature (\(scheme)) in the \(them)'s \(message) is not by the key of its certificate over this handshake: the "
        + "\(them) does not hold that key, or a message was changed on the way.",
      rule: message == .certificateVerify
        ? "RFC 5246 §7.4.8 (CertificateVerify)" : "RFC 5246 §7.4.3 (ServerKeyExchange)",
      remedy:
        "Check that the \(them)'s private key belongs to its certificate; then compare both sides' traces for a message "
        + "whose digest differs.",
      on: peer, command: Self.merge, .likely,
      basis: "A wrong key and a changed message look the same here: the signature does not verify.",
      certificate: peerCertificate())
  }

  func invalidKeyShare(_ group: NamedGroup) -> Diagnosis {
    protocolBroken(
      "The \(them)'s public value is no point of \(group), or leads to an all-zero secret.",
      rule: "RFC 8422 §5.11 (check of public values)", .keyShareInvalid)
  }

  func badFinished(_ expected: Int, _ got: Int) -> Diagnosis {
    guard expected == got else {
      return protocolBroken(
        "The \(them)'s Finished holds \(got) bytes; expected \(expected).", rule: "RFC 5246 §7.4.9 (verify_data)")
    }
    return because(
      .messagesChanged, of: nil,
      "The \(them)'s Finished does not match: the two sides have seen different messages, or derived different secrets.",
      rule: "RFC 5246 §7.4.9 (Finished)",
      remedy: "Compare both sides' traces: the first message whose digest differs was changed on the way.",
      command: Self.merge, .likely)
  }

  // MARK: This side

  func signingFailed(_ scheme: SignatureScheme) -> Diagnosis {
    because(
      .signingFailed, of: side, "This \(me)'s private key could not sign with \(scheme).",
      rule: "RFC 5246 §7.4.3 and §7.4.8",
      remedy: "Check the key, or the HSM or KMS that holds it, and that it may sign with \(scheme).",
      certificate: ownCertificate)
  }

  var unexpectedAnswer: Diagnosis {
    misuse(
      "The connection was resumed with an answer that it had not asked for, while \(step.words) was awaited.",
      remedy: "Call resume only with the kind of answer that the last Need asks for, and once.")
  }

  func identityDoesNotFit(_ reason: String) -> Diagnosis {
    because(
      .identityUnusable, of: side,
      "The identity that this \(me) was given cannot be used in this handshake: \(reason.safeForDisplay).",
      rule: "RFC 5246 §7.4.2 and §7.4.6",
      remedy: "Answer Need.\(me)Identity with an identity that fits the request it carries, or with nil.",
      certificate: ownCertificate)
  }

  func encodingTooLong(_ type: HandshakeType) -> Diagnosis {
    misuse(
      "This \(me)'s \(type) would be longer than the protocol can say.",
      remedy: "Shorten what goes into it: the chain, the authorities' names, or the lists of the configuration.")
  }

  func cryptoFailed(_ what: String) -> Diagnosis {
    because(
      .cryptographyFailed, of: side, "A cryptographic operation failed on this \(me): \(what.safeForDisplay).",
      remedy: "Check this side's keys and platform; if they are in order, report it as a fault of this library.",
      .likely)
  }

  func invalidExporterInput(_ what: String) -> Diagnosis {
    because(
      .misuse, of: side, "Keying material was asked for in a way that RFC 5705 does not allow: \(what.safeForDisplay).",
      rule: "RFC 5705 §4 (exporter labels, contexts and lengths)",
      remedy: "Use a label of your own beginning with EXPERIMENTAL or registered at IANA, and stay within the lengths.")
  }
}
