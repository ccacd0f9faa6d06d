import Handfast
import HandfastCore
import HandfastInspect
import HandfastNIO

/// Whether a session was resumed, and why not.
struct ResumptionReport: Encodable {
  var event = "resumption"
  let connection: Int?
  let resumed: Bool
  let mechanism: String?
  /// Whose identity the session carries: the peer's; nil when it had not authenticated.
  let peer: String?
  /// Seconds since the session was made.
  let age: UInt64?
  /// Why it was not resumed.
  let reason: String?

  init(_ fact: ResumptionFact, number: Int?) {
    connection = number
    mechanism = fact.mechanism?.rawValue
    (peer, age) = (fact.peer, fact.age)
    switch fact.outcome {
    case .resumed: (resumed, reason) = (true, nil)
    case .declined(let refusal): (resumed, reason) = (false, refusal.phrase)
    case .offered: (resumed, reason) = (false, "offered, and not answered")
    }
  }

  func text(on side: Side) -> String {
    guard resumed else { return "not resumed: \(reason ?? "unknown")" }
    let who =
      peer.map { "the \(side.peer) is \($0), as it proved then" } ?? "the \(side.peer) did not authenticate then"
    return "resumed a session of \(age ?? 0) s ago (\(mechanism ?? "unknown")): \(who)"
  }
}

extension ResumptionFact {
  /// Whether there was a session at all that could have been resumed.
  var concernsSession: Bool {
    switch outcome {
    case .declined(.notOffered), .declined(.notEnabledHere), .declined(.noSession): false
    case .declined, .offered, .resumed: true
    }
  }
}

/// Whether a server has accepted the certificate that its client showed, in TLS 1.3.
struct ConfirmationReport: Encodable {
  var event = "confirmation"
  let connection: Int
  let confirmed: Bool
  /// What told so.
  let by: String?

  init(_ confirmation: PeerConfirmation?, number: Int) {
    connection = number
    confirmed = confirmation != nil
    by = confirmation?.rawValue
  }

  var text: String {
    by.map { "the server has accepted this client, as its \($0) shows" }
      ?? "not known yet whether the server accepts this client: it has said nothing since, and its first data will tell"
  }
}

/// What became of early data.
struct EarlyDataReport: Encodable {
  var event = "earlyData"
  let connection: Int
  /// Bytes.
  let taken: Int
  /// What there was to send, in bytes; nil on a server.
  let offered: Int?
  /// Why it was not taken, or not all.
  let reason: String?

  /// On a client.
  init(taken: Int, of offered: Int, _ outcome: EarlyDataFact.Outcome?, number: Int) {
    (self.taken, self.offered, connection) = (taken, offered, number)
    switch outcome {
    case .rejected(let refusal): reason = refusal.rawValue
    case nil: reason = "no session allows it"
    case .accepted, .offered: reason = taken < offered ? "the session allows no more" : nil
    }
  }

  /// On a server; nil when there was none to take or to refuse.
  init?(_ outcome: EarlyDataFact.Outcome?, _ connection: SecureConnection, number: Int) {
    taken = connection.earlyData?.readableBytes ?? 0
    (offered, self.connection) = (nil, number)
    switch outcome {
    case .rejected(let refusal): reason = refusal.rawValue
    case .accepted, .offered: reason = nil
    case nil: return nil
    }
  }

  var text: String {
    guard let offered else {
      return reason.map { "early data refused: \($0)" } ?? "early data: \(taken) bytes taken"
    }
    let rest = reason.map { "; the rest is sent now: \($0)" } ?? ""
    return "early data: \(taken) of \(offered) bytes taken\(rest)"
  }
}
