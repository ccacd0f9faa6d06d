import Handfast
import HandfastCore
import HandfastWire

extension Choice {
  var json: JSONValue {
    .object([
      "subject": .string(subject.rawValue), "chosen": .text(chosen), "rule": .string(rule),
      "candidates": .array(
        candidates.map { .object(["label": .string($0.label), "ruledOut": $0.ruledOut?.json ?? .null]) }),
    ])
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    var candidates: [Candidate] = []
    for candidate in try object.objects("candidates") {
      let reason = candidate.has("ruledOut") ? try RuledOut(json: try candidate.object("ruledOut")) : nil
      candidates.append(Candidate(try candidate.string("label"), reason))
    }
    self.init(
      try object.raw("subject"), chosen: try object.optionalString("chosen"), rule: try object.string("rule"),
      candidates: candidates)
  }
}

extension RuledOut {
  /// A stable code, the value that belongs to it, and the sentence a person reads.
  var json: JSONValue {
    let (code, value): (String, JSONValue?) =
      switch self {
      case .notOfferedByPeer: ("notOfferedByPeer", nil)
      case .notChosenByPeer: ("notChosenByPeer", nil)
      case .notEnabledHere: ("notEnabledHere", nil)
      case .lessPreferred: ("lessPreferred", nil)
      case .noIdentityWithKey(let key): ("noIdentityWithKey", .string(key))
      case .noCommonGroup: ("noCommonGroup", nil)
      case .noCommonSignatureScheme: ("noCommonSignatureScheme", nil)
      case .rsaKeyTransportForbidden: ("rsaKeyTransportForbidden", nil)
      case .nameDoesNotMatch(let name): ("nameDoesNotMatch", .string(name))
      case .certificateTypeNotAccepted(let type): ("certificateTypeNotAccepted", .code(type))
      case .certificateTypeNotAgreed(let type): ("certificateTypeNotAgreed", .code(type))
      case .issuerNotAmongAuthorities(let issuer): ("issuerNotAmongAuthorities", .string(issuer))
      case .curveNotSupportedByPeer(let group): ("curveNotSupportedByPeer", .code(group))
      case .keyDoesNotFitSuite: ("keyDoesNotFitSuite", nil)
      case .signalNotSuite: ("signalNotSuite", nil)
      case .notInThisVersion(let version): ("notInThisVersion", .code(version))
      case .noKeyShare: ("noKeyShare", nil)
      case .filterNotMatched(let oid): ("filterNotMatched", .bytes(oid))
      }
    var object: [String: JSONValue] = ["code": .string(code), "text": .string(description)]
    object["value"] = value
    return .object(object)
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    let code = try object.string("code")
    switch code {
    case "notOfferedByPeer": self = .notOfferedByPeer
    case "notChosenByPeer": self = .notChosenByPeer
    case "notEnabledHere": self = .notEnabledHere
    case "lessPreferred": self = .lessPreferred
    case "noIdentityWithKey": self = .noIdentityWithKey(try object.string("value"))
    case "noCommonGroup": self = .noCommonGroup
    case "noCommonSignatureScheme": self = .noCommonSignatureScheme
    case "rsaKeyTransportForbidden": self = .rsaKeyTransportForbidden
    case "nameDoesNotMatch": self = .nameDoesNotMatch(try object.string("value"))
    case "certificateTypeNotAccepted": self = .certificateTypeNotAccepted(try object.code("value"))
    case "certificateTypeNotAgreed": self = .certificateTypeNotAgreed(try object.code("value"))
    case "issuerNotAmongAuthorities": self = .issuerNotAmongAuthorities(issuer: try object.string("value"))
    case "curveNotSupportedByPeer": self = .curveNotSupportedByPeer(try object.code("value"))
    case "keyDoesNotFitSuite": self = .keyDoesNotFitSuite
    case "signalNotSuite": self = .signalNotSuite
    case "notInThisVersion": self = .notInThisVersion(try object.code("value"))
    case "noKeyShare": self = .noKeyShare
    case "filterNotMatched": self = .filterNotMatched(oid: try object.bytes("value"))
    default: throw .unknownValue(key: "code", value: code)
    }
  }
}
