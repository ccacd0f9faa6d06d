import Handfast
import HandfastWire

/// Which certificate the client showed, or why none.
struct OwnCertificate: Encodable {
  var event = "ownCertificate"
  let wasRequested: Bool
  /// Nil: none.
  let sent: String?
  let text: String

  /// - Parameter choice: Nil when the server asked for none.
  init(_ identity: Identity?, _ choice: Choice?) {
    wasRequested = choice != nil
    sent = identity?.label
    guard let choice else {
      text = "no certificate sent: the server asked for none"
      return
    }
    if let identity {
      text = "sent \(identity.certificateType == .rawPublicKey ? "" : "the certificate of ")\(identity.label)"
    } else if choice.candidates.isEmpty {
      text = "no certificate sent, though the server asked for one: none was given; pass --cert and --key"
    } else {
      let reasons = choice.candidates.map { candidate in
        "\(candidate.label): \(candidate.ruledOut?.description ?? "fits")"
      }
      text = "no certificate sent, since none fits what the server accepts: " + reasons.joined(separator: "; ")
    }
  }
}
