import Handfast
import HandfastCore
import HandfastWire

extension RetryFact {
  var json: JSONValue {
    .object(["group": .code(group), "hasCookie": .bool(hasCookie), "reason": .string(reason)])
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      group: try object.optionalCode("group"), hasCookie: try object.bool("hasCookie"),
      reason: try object.string("reason"))
  }
}

extension ResumptionFact {
  var json: JSONValue {
    var object: [String: JSONValue] = [
      "mechanism": .text(mechanism?.rawValue), "peer": .text(peer),
      "age": age.map { .int(Int64(clamping: $0)) } ?? .null,
    ]
    if let ageSkew { object["ageSkew"] = .int(ageSkew) }
    switch outcome {
    case .offered: object["outcome"] = "offered"
    case .resumed: object["outcome"] = "resumed"
    case .declined(let refusal):
      object["outcome"] = "declined"
      object["refusal"] = refusal.json
    }
    return .object(object)
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    let outcome = try object.string("outcome")
    let parsed: Outcome
    switch outcome {
    case "offered": parsed = .offered
    case "resumed": parsed = .resumed
    case "declined": parsed = .declined(try ResumptionRefusal(json: try object.object("refusal")))
    default: throw .unknownValue(key: "outcome", value: outcome)
    }
    self.init(
      outcome: parsed, mechanism: object.has("mechanism") ? try object.raw("mechanism") : nil,
      peer: try object.optionalString("peer"), age: object.has("age") ? try object.unsigned("age") : nil,
      ageSkew: object.has("ageSkew") ? try object.number("ageSkew") : nil)
  }
}

extension ResumptionRefusal {
  /// A stable code, the values that belong to it, and the sentence a person reads.
  var json: JSONValue {
    let (code, values): (String, [String: JSONValue]) =
      switch self {
      case .noSession: ("noSession", [:])
      case .notEnabledHere: ("notEnabledHere", [:])
      case .notOffered: ("notOffered", [:])
      case .declinedByServer: ("declinedByServer", [:])
      case .unknownSessionID: ("unknownSessionID", [:])
      case .ticketMalformed: ("ticketMalformed", [:])
      case .ticketKeyUnknown: ("ticketKeyUnknown", [:])
      case .ticketKeyExpired: ("ticketKeyExpired", [:])
      case .ticketForged: ("ticketForged", [:])
      case .expired: ("expired", [:])
      case .certificatesExpired: ("certificatesExpired", [:])
      case .otherVersion(let version): ("otherVersion", ["version": .code(version)])
      case .otherCipherSuite(let suite): ("otherCipherSuite", ["cipherSuite": .code(suite)])
      case .otherServerName(let session, let offered):
        ("otherServerName", ["session": .text(session), "offered": .text(offered)])
      case .otherScope: ("otherScope", [:])
      case .clientCertificateMissing: ("clientCertificateMissing", [:])
      case .extendedMasterSecretDiffers: ("extendedMasterSecretDiffers", [:])
      case .noForwardSecrecy: ("noForwardSecrecy", [:])
      }
    return .object(["code": .string(code), "text": .string(phrase)].merging(values) { old, _ in old })
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    let code = try object.string("code")
    switch code {
    case "noSession": self = .noSession
    case "notEnabledHere": self = .notEnabledHere
    case "notOffered": self = .notOffered
    case "declinedByServer": self = .declinedByServer
    case "unknownSessionID": self = .unknownSessionID
    case "ticketMalformed": self = .ticketMalformed
    case "ticketKeyUnknown": self = .ticketKeyUnknown
    case "ticketKeyExpired": self = .ticketKeyExpired
    case "ticketForged": self = .ticketForged
    case "expired": self = .expired
    case "certificatesExpired": self = .certificatesExpired
    case "otherVersion": self = .otherVersion(try object.code("version"))
    case "otherCipherSuite": self = .otherCipherSuite(try object.code("cipherSuite"))
    case "otherServerName":
      self = .otherServerName(
        session: try object.optionalString("session"), offered: try object.optionalString("offered"))
    case "otherScope": self = .otherScope
    case "clientCertificateMissing": self = .clientCertificateMissing
    case "extendedMasterSecretDiffers": self = .extendedMasterSecretDiffers
    case "noForwardSecrecy": self = .noForwardSecrecy
    default: throw .unknownValue(key: "code", value: code)
    }
  }

  /// Why, in words, after "because".
  package var phrase: String {
    switch self {
    case .noSession: "there is no session with this server, under this name, trust and identity"
    case .notEnabledHere: "resumption is off on this side"
    case .notOffered: "the client offers no session"
    case .declinedByServer: "the server did not take the session that was offered"
    case .unknownSessionID: "no session with this id is remembered here"
    case .ticketMalformed: "the ticket cannot be read"
    case .ticketKeyUnknown: "the ticket was sealed under a key that is not known here (any more)"
    case .ticketKeyExpired: "the key that sealed the ticket has expired"
    case .ticketForged: "the ticket's seal does not hold: it was not made here, or it was changed"
    case .expired: "the session's lifetime is over"
    case .certificatesExpired: "a certificate of the session has expired meanwhile"
    case .otherVersion(let version): "the session was made with \(version)"
    case .otherCipherSuite(let suite): "the session was made with \(suite)"
    case .otherServerName(let session, let offered):
      "the session was made for \(session ?? "no server name"), the client now asks for \(offered ?? "none")"
    case .otherScope: "the server's trust, client authentication or identities are not the session's any more"
    case .clientCertificateMissing: "a client certificate is required here, and the session has none"
    case .extendedMasterSecretDiffers: "the session and this hello differ in extended_master_secret (RFC 7627 §5.3)"
    case .noForwardSecrecy: "the client allows PSK without (EC)DHE only, which has no forward secrecy"
    }
  }
}

extension EarlyDataFact {
  var json: JSONValue {
    switch outcome {
    case .offered: .object(["outcome": "offered", "limit": .int(Int(limit))])
    case .accepted: .object(["outcome": "accepted", "limit": .int(Int(limit))])
    case .rejected(let refusal):
      .object(["outcome": "rejected", "refusal": refusal.json, "limit": .int(Int(limit))])
    }
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    let outcome = try object.string("outcome")
    let parsed: Outcome
    switch outcome {
    case "offered": parsed = .offered
    case "accepted": parsed = .accepted
    case "rejected": parsed = .rejected(try EarlyDataRefusal(json: try object.object("refusal")))
    default: throw .unknownValue(key: "outcome", value: outcome)
    }
    self.init(outcome: parsed, limit: try object.number("limit"))
  }
}

extension EarlyDataRefusal {
  var json: JSONValue { .object(["code": .string(code), "text": .string(rawValue)]) }

  private var code: String {
    switch self {
    case .notEnabledHere: "notEnabledHere"
    case .notResumed: "notResumed"
    case .notFirstSession: "notFirstSession"
    case .retried: "retried"
    case .ticketAllowsNone: "ticketAllowsNone"
    case .ticketAllowsMore: "ticketAllowsMore"
    case .otherApplicationProtocol: "otherApplicationProtocol"
    case .otherCipherSuite: "otherCipherSuite"
    case .otherServerName: "otherServerName"
    case .ageDiffers: "ageDiffers"
    case .replayed: "replayed"
    case .tooSoonAfterStart: "tooSoonAfterStart"
    case .replayGuardFull: "replayGuardFull"
    case .declinedByServer: "declinedByServer"
    }
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    let code = try object.string("code")
    switch code {
    case "notEnabledHere": self = .notEnabledHere
    case "notResumed": self = .notResumed
    case "notFirstSession": self = .notFirstSession
    case "retried": self = .retried
    case "ticketAllowsNone": self = .ticketAllowsNone
    case "ticketAllowsMore": self = .ticketAllowsMore
    case "otherApplicationProtocol": self = .otherApplicationProtocol
    case "otherCipherSuite": self = .otherCipherSuite
    case "otherServerName": self = .otherServerName
    case "ageDiffers": self = .ageDiffers
    case "replayed": self = .replayed
    case "tooSoonAfterStart": self = .tooSoonAfterStart
    case "replayGuardFull": self = .replayGuardFull
    case "declinedByServer": self = .declinedByServer
    default: throw .unknownValue(key: "code", value: code)
    }
  }
}

extension TicketFact {
  var json: JSONValue {
    .object([
      "lifetime": .int(Int(lifetime)), "byteCount": .int(byteCount), "digest": .bytes(digest),
      "maxEarlyData": .int(Int(maxEarlyData)),
    ])
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      lifetime: try object.number("lifetime"), byteCount: try object.int("byteCount"),
      digest: try object.bytes("digest"), maxEarlyData: try object.number("maxEarlyData"))
  }
}
