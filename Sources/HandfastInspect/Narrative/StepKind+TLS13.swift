import Handfast
import HandfastCore
import HandfastWire

/// What TLS 1.3 calls its steps, in the order of RFC 9846 §2, figure 1; nil where it is as in TLS 1.2.
extension StepKind {
  var title13: String? {
    switch self {
    case .message(.clientHello, _, occurrence: 1): "ClientHello, once more"
    case .message(.certificateVerify, from: let side, _): "CertificateVerify (the \(side)'s)"
    case .message(.newSessionTicket, _, let occurrence):
      occurrence == 0 ? "NewSessionTicket" : "NewSessionTicket, number \(occurrence + 1)"
    case .message(.keyUpdate, from: let side, let occurrence):
      occurrence == 0 ? "KeyUpdate (the \(side)'s)" : "KeyUpdate, number \(occurrence + 1) (the \(side)'s)"
    case .keys(.earlyData): "Early keys"
    case .keys(.handshake): "Keys of the handshake"
    case .keys(.application): "Keys of the application data"
    case .changeCipherSpec(from: let side): "ChangeCipherSpec (the \(side)'s), for show"
    case .record(from: let side, let place) where place.epoch.stage == .earlyData: "Early data (the \(side)'s)"
    case .confirmed: "The client learns that the server has accepted it"
    default: nil
    }
  }

  var gist13: String? {
    switch self {
    case .message(let type, from: let side, let occurrence): Self.gist13(type, from: side, occurrence)
    case .retryRequest:
      "A ServerHello in form, known by its fixed random: the server cannot go on with this ClientHello and says what the next "
        + "one needs."
    case .verification(of: .client):
      "Is this a client the server knows? The client has long said all it has to say, and does not hear the answer here."
    case .keys(.earlyData):
      "From the key of an earlier session both derive the first keys, before the server has said anything."
    case .keys(.handshake):
      "Both sides derive the same secrets, without ever sending them. From here on the handshake itself is encrypted: nobody "
        + "between the two sees certificates or names in answers."
    case .keys(.application):
      "The next stage: secrets bound to everything up to the server's Finished, for the application data, for exporters and for "
        + "resumption."
    case .changeCipherSpec:
      "For middleboxes that know TLS 1.2 only: it changes nothing, carries nothing, and the other side drops it."
    case .record(from: _, let place) where place.epoch.stage == .earlyData:
      "Sent before the server has answered. It has no forward secrecy, and whoever records it can send it again: only what may "
        + "safely be repeated belongs here."
    case .confirmed:
      "TLS 1.3 has no message that says \"accepted\". The first thing that only a server which has accepted the client sends is "
        + "the answer."
    case .failure: "It stops here: nothing is sent or accepted after this."
    default: nil
    }
  }

  private static func gist13(_ type: HandshakeType, from side: Side, _ occurrence: Int) -> String? {
    switch type {
    case .clientHello:
      occurrence == 0
        ? "The client opens: versions and cipher suites it can do, best first, and, unlike before TLS 1.3, its half of the key "
          + "exchange at once, for the groups it thinks likely."
        : "The same ClientHello again, with what the server asked for. Both stand in the transcript, the first as its hash."
    case .serverHello:
      "The server chooses among the client's offers and adds its own half of the key exchange. It is the last message that "
        + "travels in clear."
    case .encryptedExtensions:
      "The server's other answers, which say nothing about keys: the first message that nobody between the two can read."
    case .certificateRequest:
      "Mutual authentication: the server wants to know who the client is, and says which certificates it accepts."
    case .certificateVerify:
      "The \(side) signs the hash of the whole handshake so far: only the holder of its certificate's key can have made this, "
        + "and only for this handshake."
    case .finished:
      side == .server
        ? "A MAC over the whole handshake so far, keyed by the key exchange. Whatever was changed on the way shows here."
        : "The same from the client. With it the client has said all, and it hears nothing back about its own certificate."
    case .endOfEarlyData: "The last message under the early keys: early data ends here."
    case .newSessionTicket:
      "The server gives the client a ticket: next time both can begin with a key that they share already, and the server knows "
        + "the client again."
    case .keyUpdate:
      "The \(side) moves on to new keys for what it sends. The old ones are forgotten, and nobody can go back to them."
    default: nil
    }
  }

  var reference13: String? {
    switch self {
    case .message(let type, from: _, _):
      switch type {
      case .clientHello: "RFC 9846 §4.2.2"
      case .serverHello: "RFC 9846 §4.2.3"
      case .encryptedExtensions: "RFC 9846 §4.4.1"
      case .certificateRequest: "RFC 9846 §4.4.2"
      case .certificate: "RFC 9846 §4.5.1"
      case .certificateVerify: "RFC 9846 §4.5.2"
      case .finished: "RFC 9846 §4.5.3"
      case .endOfEarlyData: "RFC 9846 §4.6"
      case .newSessionTicket: "RFC 9846 §4.7.1"
      case .keyUpdate: "RFC 9846 §4.7.3"
      default: nil
      }
    case .retryRequest: "RFC 9846 §4.2.4"
    case .verification(of: .server): "RFC 5280 §6, RFC 9525"
    case .verification(of: .client): "RFC 5280 §6"
    case .secrets, .keys: "RFC 9846 §7.1"
    case .changeCipherSpec: "RFC 9846 §D.4"
    case .completed, .confirmed: nil
    case .record(from: _, let place): place.epoch.stage == .earlyData ? "RFC 9846 §2.3, §8" : "RFC 9846 §5.2"
    case .warning: "RFC 9846 §6"
    case .close: "RFC 9846 §6.1"
    case .failure: "RFC 9846 §6.2"
    }
  }
}
