import Handfast
import HandfastCore
import HandfastTrust

extension Diagnosis {
  /// As it stands in a trace (docs/trace-format.md).
  package var encodable: some Encodable & Sendable { json }

  var json: JSONValue {
    .object([
      "cause": .string(cause.rawValue), "fault": .text(fault?.rawValue), "certainty": .string(certainty.rawValue),
      "reason": .string(basis), "explanation": .string(explanation), "rule": .text(rule),
      "certificate": certificate?.json ?? .null, "parameter": .text(parameter), "expected": .text(expected),
      "found": .text(found), "remedy": remedy.json, "others": .array(others.map(\.json)),
    ])
  }

  /// Version 1 of the format had fewer keys, and only the text of the remedy.
  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      object.has("cause") ? try object.raw("cause") : .refusedWithoutReason,
      fault: object.has("fault") ? try object.raw("fault") : nil, try object.raw("certainty"),
      basis: try object.optionalString("reason") ?? "", explanation: try object.string("explanation"),
      remedy: object.has("cause")
        ? try Remedy(json: try object.object("remedy")) : Remedy(side: nil, text: try object.string("remedy")))
    rule = try object.optionalString("rule")
    if object.has("certificate") { certificate = try CertificateReference(json: try object.object("certificate")) }
    parameter = try object.optionalString("parameter")
    expected = try object.optionalString("expected")
    found = try object.optionalString("found")
    guard object.has("others") else { return }
    for other in try object.objects("others") { others.append(try Diagnosis(json: other)) }
  }
}

extension Remedy {
  fileprivate var json: JSONValue {
    .object(["side": .text(side?.rawValue), "text": .string(text), "command": .text(command)])
  }

  fileprivate init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      side: object.has("side") ? try object.raw("side") : nil, text: try object.string("text"),
      command: try object.optionalString("command"))
  }
}

extension CertificateReference {
  fileprivate var json: JSONValue {
    .object([
      "owner": .string(owner.rawValue), "position": position.map { .int($0) } ?? .null, "subject": .text(subject),
      "fingerprint": fingerprint.map { .bytes($0) } ?? .null,
    ])
  }

  fileprivate init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      owner: try object.raw("owner"), position: try object.optionalInt("position"),
      subject: try object.optionalString("subject"),
      fingerprint: object.has("fingerprint") ? try object.bytes("fingerprint") : nil)
  }
}
