import Handfast
import HandfastCore
import HandfastWire

/// What a step of the story is about. Events that share a kind are told together.
enum StepKind: Hashable {
  /// A handshake message, the nth of its type from that sender.
  case message(HandshakeType, from: Side, occurrence: Int)
  /// One side's judgement of the other's chain.
  case verification(of: Side)
  /// TLS 1.3's HelloRetryRequest; on the wire a ServerHello.
  case retryRequest(occurrence: Int)
  case secrets
  /// TLS 1.3 derives and changes keys by stages.
  case keys(KeyChangeFact.Stage)
  case changeCipherSpec(from: Side)
  case completed
  /// A TLS 1.3 client learns that the server has accepted it.
  case confirmed
  case record(from: Side, RecordPlace)
  case warning(from: Side, occurrence: Int)
  case close(from: Side)
  case failure

  func title(isTLS13: Bool) -> String {
    if isTLS13, let title = title13 { return title }
    return switch self {
    case .message(.certificate, from: .server, _): "Certificate (the server's)"
    case .message(.certificate, from: .client, _): "Certificate (the client's choice)"
    case .message(.finished, from: let side, _): "Finished (the \(side)'s)"
    case .message(let type, _, let occurrence): occurrence == 0 ? "\(type)" : "\(type) again"
    case .verification(of: let side): "Certificate verification (by the \(side.peer))"
    case .retryRequest: "HelloRetryRequest"
    case .secrets: "Master secret and key block"
    case .keys(let stage): "Keys: \(stage.rawValue)"
    case .confirmed: "The client is accepted"
    case .changeCipherSpec(from: let side): "ChangeCipherSpec (the \(side)'s)"
    case .completed: "The handshake is complete"
    case .record: "Encrypted application data"
    case .warning: "Alert"
    case .close(from: let side): "close_notify (the \(side)'s)"
    case .failure: "The connection fails"
    }
  }

  /// What the step is for, for someone who sees it for the first time.
  func gist(isTLS13: Bool) -> String {
    if isTLS13, let gist = gist13 { return gist }
    return switch self {
    case .message(.clientHello, _, _):
      "The client opens: the highest version it speaks, the cipher suites it can do, best first, and 32 random bytes."
    case .message(.serverHello, _, _):
      "The server chooses version, cipher suite and compression among the client's offers, and adds its own random bytes."
    case .message(.certificate, from: .server, _):
      "The server says who it is: its own certificate first, then each issuer's, up to what the client knows already."
    case .message(.certificate, from: .client, _):
      "Mutual authentication: the client answers the server's request with the certificate that fits, if it has one."
    case .message(.serverKeyExchange, _, _):
      "The server's half of the key exchange, signed: only the holder of the certificate's key can have sent it, and only "
        + "for this handshake."
    case .message(.certificateRequest, _, _):
      "Mutual authentication: the server wants to know who the client is, and says which certificates it accepts."
    case .message(.serverHelloDone, _, _): "The server has said all it has to say; the client's turn."
    case .message(.clientKeyExchange, _, _):
      "The client's half of the key exchange: a public value. The secret itself never travels, as it would, encrypted, in the "
        + "paper's RSA key transport."
    case .message(.certificateVerify, _, _):
      "The client signs the handshake so far: proof that it holds the private key of the certificate it sent."
    case .message(.finished, _, _):
      "The first message under the new keys: a MAC over the whole handshake. Whatever was changed on the way shows here."
    case .message(.newSessionTicket, _, _):
      "The server gives the client its session to keep, sealed so that the server alone can read it: next time both can "
        + "resume it."
    case .message(.helloRequest, _, _): "The server would like a new handshake."
    case .message: "A message that has no place in this handshake."
    case .verification(of: .server): "Is this really the server the client wants to reach? Each check, each verdict."
    case .verification(of: .client): "Is this a client the server knows? Each check, each verdict."
    case .retryRequest, .keys, .confirmed: ""
    case .secrets:
      "Both sides derive the same secrets, without ever sending them: pre-master secret, master secret, and from it all keys."
    case .changeCipherSpec(from: let side):
      "A record of a type of its own, 20: from here on everything the \(side) sends is encrypted."
    case .completed: "Both sides know with whom they speak, and that nobody changed a byte of the handshake."
    case .record: "Sealed with the keys just agreed: encrypted, and protected against any change, loss or repetition."
    case .warning: "A warning: the connection goes on."
    case .close: "A proper goodbye, itself encrypted: after it the other side knows that nothing was cut off."
    case .failure: "It stops here: nothing is sent or accepted after this."
    }
  }

  func reference(suite: CipherSuite?, isTLS13: Bool) -> String? {
    if isTLS13 { return reference13 }
    let usesKeyTransport = suite.flatMap(CipherSuiteParameters.init)?.keyExchange == .rsa
    switch self {
    case .message(let type, let side, _):
      switch type {
      case .helloRequest: return "RFC 5246 §7.4.1.1"
      case .clientHello: return "RFC 5246 §7.4.1.2"
      case .serverHello: return "RFC 5246 §7.4.1.3"
      case .certificate: return side == .server ? "RFC 5246 §7.4.2" : "RFC 5246 §7.4.6"
      case .serverKeyExchange: return "RFC 8422 §5.4"
      case .certificateRequest: return "RFC 5246 §7.4.4"
      case .serverHelloDone: return "RFC 5246 §7.4.5"
      case .clientKeyExchange: return usesKeyTransport ? "RFC 5246 §7.4.7.1, RFC 10015" : "RFC 8422 §5.7"
      case .certificateVerify: return "RFC 5246 §7.4.8"
      case .finished: return "RFC 5246 §7.4.9"
      case .newSessionTicket: return "RFC 5077 §3.3"
      default: return nil
      }
    case .verification(of: let side): return side == .server ? "RFC 5280 §6, RFC 9525" : "RFC 5280 §6"
    case .secrets: return "RFC 5246 §6.3, §8.1; RFC 7627"
    case .changeCipherSpec: return "RFC 5246 §7.1"
    case .completed, .retryRequest, .keys, .confirmed: return nil
    case .record: return "RFC 5246 §6.2.3.3"
    case .warning, .close: return "RFC 5246 §7.2.1"
    case .failure: return "RFC 5246 §7.2.2"
    }
  }

  var direction: NarrativeStep.Direction {
    switch self {
    case .message(_, from: let side, _), .changeCipherSpec(from: let side), .record(from: let side, _),
      .warning(from: let side, _), .close(from: let side):
      side == .client ? .clientToServer : .serverToClient
    case .verification(of: let side): side == .client ? .server : .client
    case .retryRequest: .serverToClient
    case .confirmed: .client
    case .secrets, .keys, .completed, .failure: .both
    }
  }
}
