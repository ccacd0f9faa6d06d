import Handfast
import HandfastCore
import HandfastWire

extension MessageFact {
  var json: JSONValue {
    .object(["type": .code(type), "ordinal": .int(ordinal), "digest": .bytes(digest), "bytes": .bytes(bytes)])
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      type: try object.code("type"), bytes: try object.bytes("bytes"), ordinal: try object.int("ordinal"),
      digest: try object.bytes("digest"))
  }
}

extension AlertFact {
  var json: JSONValue { .object(["level": .code(level), "description": .code(description)]) }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(level: try object.code("level"), description: try object.code("description"))
  }
}

extension [NamedInput] {
  var json: JSONValue {
    .array(
      map { input in
        var object: [String: JSONValue] = ["name": .string(input.name), "byteCount": .int(input.byteCount)]
        if let value = input.value { object["value"] = .bytes(value) }
        return .object(object)
      })
  }

  init(json objects: [JSONObject]) throws(TraceFormatError) {
    self = []
    for object in objects {
      append(
        NamedInput(
          try object.string("name"), try object.int("byteCount"),
          value: object.has("value") ? try object.bytes("value") : nil))
    }
  }
}

extension SignatureFact {
  var json: JSONValue {
    .object([
      "message": .code(message), "signer": .string(signer.rawValue), "scheme": .code(scheme), "key": key.json,
      "content": content.json,
    ])
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      message: try object.code("message"), signer: try object.raw("signer"), scheme: try object.code("scheme"),
      key: try KeyKind(json: try object.object("key")), content: try [NamedInput](json: try object.objects("content")))
  }
}

extension KeyKind {
  var json: JSONValue {
    switch self {
    case .ecdsa(let curve): .object(["algorithm": "ECDSA", "curve": .code(curve)])
    case .rsa(let bits): .object(["algorithm": "RSA", "bits": .int(bits)])
    case .ed25519: .object(["algorithm": "Ed25519"])
    case .mldsa(let parameters): .object(["algorithm": "ML-DSA", "parameterSet": .int(parameters.rawValue)])
    }
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    let algorithm = try object.string("algorithm")
    switch algorithm {
    case "ECDSA": self = .ecdsa(try object.code("curve"))
    case "RSA": self = .rsa(bits: try object.int("bits"))
    case "Ed25519": self = .ed25519
    case "ML-DSA":
      let number = try object.int("parameterSet")
      guard let parameters = MLDSAParameterSet(rawValue: number) else {
        throw .unknownValue(key: "parameterSet", value: "\(number)")
      }
      self = .mldsa(parameters)
    default: throw .unknownValue(key: "algorithm", value: algorithm)
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral {
  init(stringLiteral value: String) { self = .string(value) }
}

extension DerivationFact {
  var json: JSONValue {
    .object([
      "name": .string(name.rawValue), "byteCount": .int(byteCount), "function": .string(function),
      "label": .text(label), "inputs": inputs.json, "parts": parts.json,
      "transcriptHash": transcriptHash.map { .bytes($0) } ?? .null,
    ])
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      name: try object.raw("name"), byteCount: try object.int("byteCount"), function: try object.string("function"),
      label: try object.optionalString("label"), inputs: try [NamedInput](json: try object.objects("inputs")),
      parts: try [NamedInput](json: try object.objects("parts")),
      transcriptHash: object.has("transcriptHash") ? try object.bytes("transcriptHash") : nil)
  }
}

extension KeyChangeFact {
  var json: JSONValue {
    .object([
      "direction": .string(direction.rawValue), "suite": .code(suite), "aead": .string(aead),
      "stage": .text(stage?.rawValue), "generation": .int(generation),
    ])
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      direction: try object.raw("direction"), suite: try object.code("suite"), aead: try object.string("aead"),
      stage: object.has("stage") ? try object.raw("stage") : nil,
      generation: try object.optionalInt("generation") ?? 0)
  }
}

extension FinishedFact {
  var json: JSONValue {
    .object([
      "sender": .string(sender.rawValue), "label": .string(label), "messageCount": .int(messageCount),
      "transcriptHash": .bytes(transcriptHash), "verifyData": .bytes(verifyData),
    ])
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      sender: try object.raw("sender"), label: try object.string("label"),
      messageCount: try object.int("messageCount"), transcriptHash: try object.bytes("transcriptHash"),
      verifyData: try object.bytes("verifyData"))
  }
}

extension PlainRecordFact {
  var json: JSONValue { .object(["type": .code(type), "version": .code(version), "length": .int(length)]) }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(type: try object.code("type"), version: try object.code("version"), length: try object.int("length"))
  }
}

extension RecordFact {
  var json: JSONValue {
    .object([
      "type": .code(type), "sequenceNumber": .int(Int64(clamping: sequenceNumber)), "nonce": .bytes(nonce),
      "additionalData": .bytes(additionalData), "plaintextLength": .int(plaintextLength),
      "ciphertextLength": .int(ciphertextLength), "ciphertext": .bytes(ciphertext),
    ])
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      type: try object.code("type"), sequenceNumber: try object.unsigned("sequenceNumber"),
      nonce: try object.bytes("nonce"), additionalData: try object.bytes("additionalData"),
      plaintextLength: try object.int("plaintextLength"), ciphertextLength: try object.int("ciphertextLength"),
      ciphertext: object.has("ciphertext") ? try object.bytes("ciphertext") : [])
  }
}

extension NegotiatedParameters {
  var json: JSONValue {
    .object([
      "version": .code(version), "cipherSuite": .code(cipherSuite), "group": .code(group),
      "serverSignatureScheme": .code(serverSignatureScheme), "clientSignatureScheme": .code(clientSignatureScheme),
      "applicationProtocol": .text(applicationProtocol), "serverName": .text(serverName),
      "usesExtendedMasterSecret": .bool(usesExtendedMasterSecret),
      "usesSecureRenegotiation": .bool(usesSecureRenegotiation), "maxFragmentLength": .code(maxFragmentLength),
      "isResumed": .bool(isResumed), "isEarlyDataAccepted": .bool(isEarlyDataAccepted),
    ])
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      version: try object.code("version"), cipherSuite: try object.code("cipherSuite"),
      group: try object.optionalCode("group"), serverSignatureScheme: try object.optionalCode("serverSignatureScheme"),
      clientSignatureScheme: try object.optionalCode("clientSignatureScheme"),
      applicationProtocol: try object.optionalString("applicationProtocol"),
      serverName: try object.optionalString("serverName"),
      usesExtendedMasterSecret: try object.bool("usesExtendedMasterSecret"),
      usesSecureRenegotiation: try object.bool("usesSecureRenegotiation"),
      maxFragmentLength: try object.optionalCode("maxFragmentLength"),
      isResumed: object.has("isResumed") ? try object.bool("isResumed") : false,
      isEarlyDataAccepted: object.has("isEarlyDataAccepted") ? try object.bool("isEarlyDataAccepted") : false)
  }
}
