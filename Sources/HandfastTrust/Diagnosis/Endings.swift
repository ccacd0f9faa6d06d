package import HandfastCore
import HandfastWire

/// Connections that end without an alert that explains it.
extension Diagnostician {
  var truncated: Diagnosis {
    if step == .established { return truncatedData }
    if step == .awaitingConfirmation { return unconfirmed }
    if knowledge.lastReceived == nil {
      return because(
        .peerClosed, of: nil,
        "The \(them) closed or reset the connection before it said anything, while \(step.words) was awaited.",
        rule: "RFC 5246 §7.2.1 (closure alerts)",
        remedy: side == .client
          ? "Check that this port speaks TLS, and whether a firewall or proxy cuts the connection."
          : "Nothing, if it was a port scan or a health check; else look into the client's log.", .possible,
        basis: noAlert)
    }
    if side == .client, let missing = missingClientCertificate {
      return leftWithoutCertificate(missing)
    }
    let closed = because(
      .peerClosed, of: nil,
      "The \(them) closed or reset the connection in the middle of the handshake, while \(step.words) was awaited, without "
        + "an alert.",
      rule: "RFC 5246 §7.2.1 (closure alerts)",
      remedy:
        "Look into the \(them)'s log; some software refuses peers that way. If it says nothing, look for a firewall or "
        + "proxy.", on: peer, .possible, basis: noAlert)
    return Diagnosis.ranked([closed] + suspectedOfClosing) ?? closed
  }

  private var truncatedData: Diagnosis {
    because(
      .dataTruncated, of: nil,
      "The \(them)'s bytes ended without close_notify: what was received may be cut short, by a fault or by an attacker.",
      rule: "RFC 5246 §7.2.1 (closure alerts)",
      remedy: "Do not treat the data as whole unless its own format says so; have the \(them) close properly.",
      on: peer, .likely, basis: noAlert)
  }

  /// A TLS 1.3 server that refuses the client without an alert looks like this.
  private var unconfirmed: Diagnosis {
    let closed = because(
      .peerClosed, of: nil,
      "The server closed or reset the connection after this client's Finished, before it had confirmed anything: it may have refused "
        + "the client without an alert, or gone down.",
      rule: "RFC 9846 §6.1 (closure alerts)",
      remedy: "Look into the server's log; if it says nothing, look for a firewall or proxy.", on: peer, .possible,
      basis: noAlert)
    var all = [closed] + suspectedOfClosing
    if let missing = missingClientCertificate { all.insert(leftWithoutCertificate(missing), at: 0) }
    return Diagnosis.ranked(all) ?? closed
  }

  private func leftWithoutCertificate(_ missing: String) -> Diagnosis {
    because(
      knowledge.ownCandidates.isEmpty ? .clientCertificateMissing : .clientCertificateUnfit, of: side,
      "The server closed the connection without an alert after this client had sent no certificate: \(missing).",
      rule: "RFC 5246 §7.4.6 (client certificate)", remedy: noCertificateRemedy, command: Self.check, .possible,
      basis: noAlert)
  }

  private var noAlert: String { "The \(them) sent no alert; the rest is what this \(me) knows of itself." }

  /// A chain that the peer has seen may be why it left without a word.
  private var suspectedOfClosing: [Diagnosis] {
    guard let identity = knowledge.ownIdentity else { return [] }
    return suspicions(about: identity, "The \(them) may have left because of this \(me)'s certificate", basis: noAlert)
      .filter { $0.fault != nil }
  }

  func handshakeTimedOut(_ seconds: Int) -> Diagnosis {
    let last =
      knowledge.lastReceived.map { "the last that came from the \(them) was its \($0)" } ?? "the \(them) said nothing"
    return because(
      .peerSilent, of: step.isOwnWork ? side : nil,
      "The handshake was not complete after \(seconds) seconds; \(step.words) was awaited, and \(last).",
      rule: "limits.handshakeSeconds of this side",
      remedy: step.isOwnWork
        ? "Answer the connection's Need sooner, or raise limits.handshakeSeconds."
        : "Check that the \(them) is alive and speaks TLS on this port; on slow networks raise limits.handshakeSeconds.",
      on: step.isOwnWork ? side : peer, .likely,
      basis: "This \(me) knows what it waits for, and not why it does not come.")
  }

  var alreadyEnded: Diagnosis {
    misuse(
      "The connection was used after it had failed or been closed.",
      remedy: "Stop using a connection after its first error or after close; open a new one.")
  }

  var handshakeNotComplete: Diagnosis {
    misuse(
      "The connection was used for data or keying material before its handshake was complete (\(step.words) is awaited).",
      remedy: "Wait until isHandshakeComplete is true.")
  }
}

extension HandshakeStep {
  /// Where `side` stood, for a person: "while waiting for the server's ChangeCipherSpec".
  package func phrase(on side: Side) -> String {
    switch self {
    case .awaitingServerIdentity: "while choosing the server's certificate"
    case .awaitingServerSignature: "while the server's key was to sign"
    case .awaitingCertificateStatus: "while waiting for the server's OCSP response"
    case .awaitingServerVerdict: "while judging the server's certificate"
    case .awaitingClientIdentity: "while choosing the client's certificate"
    case .awaitingClientSignature: "while the client's key was to sign"
    case .awaitingClientVerdict: "while judging the client's certificate"
    case .awaitingChangeCipherSpec, .awaitingFinished: "while waiting for the \(side.peer)'s \(words.dropFirst(4))"
    case .awaitingClientHello, .awaitingServerHello, .awaitingServerCertificate, .awaitingServerKeyExchange,
      .awaitingCertificateRequestOrServerHelloDone, .awaitingServerHelloDone, .awaitingClientCertificate,
      .awaitingClientKeyExchange, .awaitingSecondClientHello, .awaitingEncryptedExtensions,
      .awaitingCertificateOrCertificateRequest, .awaitingEndOfEarlyData:
      "while waiting for \(words)"
    case .awaitingCertificateVerify: "while waiting for the \(side.peer)'s CertificateVerify"
    case .awaitingConfirmation: "after this client's Finished, before the server had confirmed it"
    case .established: "after the handshake"
    case .closed, .failed: "when it was over already"
    }
  }

  /// What is awaited, in words.
  var words: String {
    switch self {
    case .awaitingClientHello: "the ClientHello"
    case .awaitingServerIdentity: "the choice of the server's certificate"
    case .awaitingServerSignature: "the signature by the server's key"
    case .awaitingSecondClientHello: "the second ClientHello"
    case .awaitingServerHello: "the ServerHello"
    case .awaitingEncryptedExtensions: "the EncryptedExtensions"
    case .awaitingCertificateOrCertificateRequest: "a CertificateRequest or the server's Certificate"
    case .awaitingEndOfEarlyData: "the client's EndOfEarlyData"
    case .awaitingConfirmation: "the server's confirmation"
    case .awaitingServerCertificate: "the server's Certificate"
    case .awaitingCertificateStatus: "the server's OCSP response"
    case .awaitingServerVerdict: "the verdict on the server's certificate"
    case .awaitingServerKeyExchange: "the ServerKeyExchange"
    case .awaitingCertificateRequestOrServerHelloDone: "a CertificateRequest or the ServerHelloDone"
    case .awaitingServerHelloDone: "the ServerHelloDone"
    case .awaitingClientIdentity: "the choice of the client's certificate"
    case .awaitingClientSignature: "the signature by the client's key"
    case .awaitingClientCertificate: "the client's Certificate"
    case .awaitingClientVerdict: "the verdict on the client's certificate"
    case .awaitingClientKeyExchange: "the ClientKeyExchange"
    case .awaitingCertificateVerify: "the CertificateVerify"
    case .awaitingChangeCipherSpec: "the ChangeCipherSpec"
    case .awaitingFinished: "the Finished"
    case .established: "application data"
    case .closed: "nothing more"
    case .failed: "nothing more"
    }
  }

  /// Whether the owner of this connection, not the peer, has the next move.
  var isOwnWork: Bool {
    switch self {
    case .awaitingServerIdentity, .awaitingServerSignature, .awaitingServerVerdict, .awaitingClientIdentity,
      .awaitingClientSignature, .awaitingClientVerdict:
      true
    case .awaitingClientHello, .awaitingServerHello, .awaitingServerCertificate, .awaitingServerKeyExchange,
      .awaitingCertificateRequestOrServerHelloDone, .awaitingServerHelloDone, .awaitingClientCertificate,
      .awaitingClientKeyExchange, .awaitingCertificateVerify, .awaitingChangeCipherSpec, .awaitingFinished,
      .awaitingSecondClientHello, .awaitingEncryptedExtensions, .awaitingCertificateOrCertificateRequest,
      .awaitingEndOfEarlyData, .awaitingCertificateStatus, .awaitingConfirmation, .established,
      .closed, .failed:
      false
    }
  }
}
