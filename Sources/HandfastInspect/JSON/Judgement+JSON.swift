import Handfast
import HandfastCore
import HandfastWire

extension JudgementFact {
  var json: JSONValue {
    .object([
      "peer": .string(peer.rawValue), "reference": .text(reference?.description),
      "presented": .array(presented.map(\.json)), "path": .array(path.map(\.json)),
      "checks": .array(
        checks.map { check in
          .object([
            "rule": .string(check.rule.rawValue), "outcome": .string(check.outcome.rawValue),
            "position": check.position.map { .int($0) } ?? .null, "detail": .string(check.detail),
          ])
        }), "rejection": rejection?.json ?? .null,
    ])
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    var reference: ServerReference?
    if let text = try object.optionalString("reference") {
      guard let known = try? ServerReference(text) else { throw .unknownValue(key: "reference", value: text) }
      reference = known
    }
    var checks: [CertificateCheck] = []
    for check in try object.objects("checks") {
      checks.append(
        CertificateCheck(
          rule: try check.raw("rule"), outcome: try check.raw("outcome"), position: try check.optionalInt("position"),
          detail: try check.string("detail")))
    }
    self.init(
      peer: try object.raw("peer"), reference: reference,
      presented: try [CertificateDescription](json: try object.objects("presented")),
      path: try [CertificateDescription](json: try object.objects("path")), checks: checks,
      rejection: object.has("rejection") ? try CertificateRejection(json: try object.object("rejection")) : nil)
  }
}

extension CertificateRejection {
  var json: JSONValue {
    .object(
      [
        "reason": .string(reason.rawValue), "position": position.map { .int($0) } ?? .null, "subject": .text(subject),
        "detail": .string(detail),
      ].merging(alert.map { ["alert": .code($0)] } ?? [:]) { old, _ in old })
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      reason: try object.raw("reason"), position: try object.optionalInt("position"),
      subject: try object.optionalString("subject"), detail: try object.string("detail"))
    alert = try object.optionalCode("alert")
  }
}

extension CertificateDescription {
  var json: JSONValue {
    var object: [String: JSONValue] = [
      "subject": .string(subject), "issuer": .string(issuer), "notBefore": .int(notBefore), "notAfter": .int(notAfter),
      "key": .string(key), "signatureAlgorithm": .string(signatureAlgorithm), "names": .strings(names),
      "isCA": .bool(isCA), "keyUsage": keyUsage.map { .strings($0) } ?? .null,
      "extendedKeyUsage": extendedKeyUsage.map { .strings($0) } ?? .null, "serialNumber": .string(serialNumber),
      "fingerprint": .bytes(fingerprint), "byteCount": .int(byteCount), "publicKey": .bytes(publicKey),
      "signature": .bytes(signature), "subjectKeyIdentifier": subjectKeyIdentifier.map { .bytes($0) } ?? .null,
      "authorityKeyIdentifier": authorityKeyIdentifier.map { .bytes($0) } ?? .null,
      "criticalExtensions": .strings(criticalExtensions),
    ]
    if isRawPublicKey { object["isRawPublicKey"] = .bool(true) }
    return .object(object)
  }
}

extension [CertificateDescription] {
  init(json objects: [JSONObject]) throws(TraceFormatError) {
    self = []
    for object in objects {
      var summary = CertificateDescription.Summary(
        subject: try object.string("subject"), issuer: try object.string("issuer"), key: try object.string("key"),
        signatureAlgorithm: try object.string("signatureAlgorithm"), names: try object.strings("names"),
        isCA: try object.bool("isCA"),
        extendedKeyUsage: object.has("extendedKeyUsage") ? try object.strings("extendedKeyUsage") : nil,
        serialNumber: try object.string("serialNumber"), fingerprint: try object.bytes("fingerprint"))
      summary.isRawPublicKey = object.has("isRawPublicKey")
      var details = CertificateDescription.Details(summary)
      // Traces of before do not have these.
      details.byteCount = try object.optionalInt("byteCount") ?? 0
      details.publicKey = object.has("publicKey") ? try object.bytes("publicKey") : []
      details.signature = object.has("signature") ? try object.bytes("signature") : []
      details.subjectKeyIdentifier =
        object.has("subjectKeyIdentifier") ? try object.bytes("subjectKeyIdentifier") : nil
      details.authorityKeyIdentifier =
        object.has("authorityKeyIdentifier") ? try object.bytes("authorityKeyIdentifier") : nil
      details.criticalExtensions =
        object.has("criticalExtensions") ? try object.strings("criticalExtensions") : []
      let certificate = CertificateDescription(
        notBefore: Int64(try object.int("notBefore")), notAfter: Int64(try object.int("notAfter")),
        keyUsage: object.has("keyUsage") ? try object.strings("keyUsage") : nil, details: details)
      append(certificate)
    }
  }
}
