import Handfast
import HandfastCore
import HandfastWire

extension FailureFact {
  var json: JSONValue {
    .object([
      "step": .string(step.rawValue), "error": error.json, "alert": .code(alert),
    ])
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    self.init(
      step: try object.raw("step"), error: try TLSError(json: try object.object("error")),
      alert: try object.optionalCode("alert"))
  }
}

extension TLSError {
  /// The case's name as a stable code, and its values by name.
  var json: JSONValue {
    let (code, values) = parts
    return .object(["code": .string(code)].merging(values) { old, _ in old })
  }

  private var parts: (code: String, values: [String: JSONValue]) {
    switch self {
    case .unknownContentType(let type): return ("unknownContentType", ["type": .code(type)])
    case .recordVersion(let version): return ("recordVersion", ["version": .code(version)])
    case .notTLS(let looksLike): return ("notTLS", ["looksLike": .string(looksLike)])
    case .recordTooLong(let length, let limit):
      return ("recordTooLong", ["length": .int(length), "limit": .int(limit)])
    case .recordTooShort(let length): return ("recordTooShort", ["length": .int(length)])
    case .badRecordMAC(let sequenceNumber):
      return ("badRecordMAC", ["sequenceNumber": .int(Int64(clamping: sequenceNumber))])
    case .recordsWithoutProgress(let limit): return ("recordsWithoutProgress", ["limit": .int(limit)])
    case .emptyHandshakeRecord: return ("emptyHandshakeRecord", [:])
    case .keyLimitReached(let records): return ("keyLimitReached", ["records": .int(Int64(clamping: records))])
    case .malformedAlert(let problem): return ("malformedAlert", ["problem": problem.json])
    case .malformedChangeCipherSpec: return ("malformedChangeCipherSpec", [:])
    case .interleavedRecord(let type): return ("interleavedRecord", ["type": .code(type)])
    case .unexpectedApplicationData: return ("unexpectedApplicationData", [:])
    case .unexpectedChangeCipherSpec: return ("unexpectedChangeCipherSpec", [:])
    case .unexpectedMessage(let got, let wanted):
      return ("unexpectedMessage", ["got": .code(got), "wanted": .codes(wanted)])
    case .messageTooLong(let message, let length, let limit):
      return ("messageTooLong", ["message": .code(message), "length": .int(length), "limit": .int(limit)])
    case .malformed(let message, let problem):
      return ("malformed", ["message": .code(message), "problem": problem.json])
    case .malformedExtension(let `extension`, let message, let problem):
      return (
        "malformedExtension",
        ["extension": .code(`extension`), "message": .code(message), "problem": problem.json]
      )
    case .messageBeforeAnswer: return ("messageBeforeAnswer", [:])
    case .unofferedCertificateCompression(let algorithm):
      return ("unofferedCertificateCompression", ["algorithm": .code(algorithm)])
    case .certificateNotDecompressed(let algorithm):
      return ("certificateNotDecompressed", ["algorithm": .code(algorithm)])
    case .noAcceptableIdentity(let reason): return ("noAcceptableIdentity", ["reason": reason?.json ?? .null])
    case .abortedByApplication(let alert): return ("abortedByApplication", ["alert": .code(alert)])
    case .binderCountMismatch(let keys, let binders):
      return ("binderCountMismatch", ["keys": .int(keys), "binders": .int(binders)])
    case .messageAcrossKeyChange: return ("messageAcrossKeyChange", [:])
    case .versionNotSupported(let offered): return ("versionNotSupported", ["offered": .code(offered)])
    case .inappropriateFallback(let offered): return ("inappropriateFallback", ["offered": .code(offered)])
    case .noCommonCipherSuite(let offered): return ("noCommonCipherSuite", ["offered": .codes(offered)])
    case .noFittingIdentity: return ("noFittingIdentity", [:])
    case .noCommonGroup(let offered): return ("noCommonGroup", ["offered": .codes(offered)])
    case .noCommonSignatureScheme(let offered): return ("noCommonSignatureScheme", ["offered": .codes(offered)])
    case .noCommonApplicationProtocol(let offered):
      return ("noCommonApplicationProtocol", ["offered": .strings(offered)])
    case .noCommonCertificateType(let owner, let offered):
      return ("noCommonCertificateType", ["side": .string(owner.rawValue), "offered": .codes(offered)])
    case .unofferedCertificateType(let owner, let type):
      return ("unofferedCertificateType", ["side": .string(owner.rawValue), "type": .code(type)])
    case .nullCompressionMissing: return ("nullCompressionMissing", [:])
    case .uncompressedPointsMissing: return ("uncompressedPointsMissing", [:])
    case .unofferedVersion(let version): return ("unofferedVersion", ["version": .code(version)])
    case .unofferedCipherSuite(let cipherSuite): return ("unofferedCipherSuite", ["cipherSuite": .code(cipherSuite)])
    case .unofferedCompression(let compression): return ("unofferedCompression", ["compression": .code(compression)])
    case .unofferedExtension(let `extension`): return ("unofferedExtension", ["extension": .code(`extension`)])
    case .unofferedApplicationProtocol(let name): return ("unofferedApplicationProtocol", ["name": .string(name)])
    case .unofferedGroup(let group): return ("unofferedGroup", ["group": .code(group)])
    case .unofferedSignatureScheme(let scheme): return ("unofferedSignatureScheme", ["scheme": .code(scheme)])
    case .wrongMaxFragmentLength(let asked, let got):
      return ("wrongMaxFragmentLength", ["asked": .code(asked), "got": .code(got)])
    case .downgradeDetected: return ("downgradeDetected", [:])
    case .extendedMasterSecretMissing: return ("extendedMasterSecretMissing", [:])
    case .secureRenegotiationMissing: return ("secureRenegotiationMissing", [:])
    case .renegotiationInfoNotEmpty: return ("renegotiationInfoNotEmpty", [:])
    case .serverNameUnknown(let name): return ("serverNameUnknown", ["name": .string(name)])
    case .certificateMissing(let side): return ("certificateMissing", ["side": .string(side.rawValue)])
    case .chainTooLong(let count, let limit): return ("chainTooLong", ["count": .int(count), "limit": .int(limit)])
    case .certificateRejected(let rejection): return ("certificateRejected", ["rejection": rejection.json])
    case .keyDoesNotFitSuite(let key, let cipherSuite):
      return ("keyDoesNotFitSuite", ["key": key.json, "cipherSuite": .code(cipherSuite)])
    case .signatureSchemeDoesNotFitKey(let scheme, let key):
      return ("signatureSchemeDoesNotFitKey", ["scheme": .code(scheme), "key": key.json])
    case .badSignature(let message, let scheme):
      return ("badSignature", ["message": .code(message), "scheme": .code(scheme)])
    case .invalidKeyShare(let group): return ("invalidKeyShare", ["group": .code(group)])
    case .badFinished(let expectedCount, let gotCount):
      return ("badFinished", ["expectedCount": .int(expectedCount), "gotCount": .int(gotCount)])
    case .alertReceived(let alert): return ("alertReceived", ["alert": .code(alert)])
    case .truncated: return ("truncated", [:])
    case .handshakeTimedOut(let seconds): return ("handshakeTimedOut", ["seconds": .int(seconds)])
    case .alreadyEnded: return ("alreadyEnded", [:])
    case .handshakeNotComplete: return ("handshakeNotComplete", [:])
    case .signingFailed(let scheme): return ("signingFailed", ["scheme": .code(scheme)])
    case .unexpectedAnswer: return ("unexpectedAnswer", [:])
    case .identityDoesNotFit(let reason): return ("identityDoesNotFit", ["reason": .string(reason)])
    case .encodingTooLong(let message): return ("encodingTooLong", ["message": .code(message)])
    case .cryptoFailed(let problem): return ("cryptoFailed", ["problem": .string(problem)])
    case .invalidExporterInput(let problem): return ("invalidExporterInput", ["problem": .string(problem)])
    case .recordWithoutContentType: return ("recordWithoutContentType", [:])
    case .unprotectedRecord(let type): return ("unprotectedRecord", ["type": .code(type)])
    case .tooMuchEarlyData: return ("tooMuchEarlyData", [:])
    case .missingExtension(let `extension`, let message):
      return ("missingExtension", ["extension": .code(`extension`), "message": .code(message)])
    case .misplacedExtension(let `extension`, let message):
      return ("misplacedExtension", ["extension": .code(`extension`), "message": .code(message)])
    case .badSelectedVersion(let version): return ("badSelectedVersion", ["version": .code(version)])
    case .sessionIDNotEchoed: return ("sessionIDNotEchoed", [:])
    case .secondRetryRequest: return ("secondRetryRequest", [:])
    case .needlessRetryRequest: return ("needlessRetryRequest", [:])
    case .changedAfterRetry(let what): return ("changedAfterRetry", ["what": .string(what)])
    case .recordSizeLimitTooSmall(let limit): return ("recordSizeLimitTooSmall", ["limit": .int(limit)])
    case .preSharedKeyNotLast: return ("preSharedKeyNotLast", [:])
    case .badBinder: return ("badBinder", [:])
    case .unofferedPreSharedKey(let index): return ("unofferedPreSharedKey", ["index": .int(index)])
    case .resumedWithOtherSuite(let cipherSuite): return ("resumedWithOtherSuite", ["cipherSuite": .code(cipherSuite)])
    case .resumedWithOtherParameters(let what): return ("resumedWithOtherParameters", ["what": .string(what)])
    case .clientCertificateRequired: return ("clientCertificateRequired", [:])
    case .wrongCertificateContext: return ("wrongCertificateContext", [:])
    case .badKeyUpdateRequest(let value): return ("badKeyUpdateRequest", ["value": .int(Int(value))])
    case .earlyDataNotPossible: return ("earlyDataNotPossible", [:])
    }
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    let code = try object.string("code")
    switch code {
    case "unknownContentType": self = .unknownContentType(try object.code("type"))
    case "recordVersion": self = .recordVersion(try object.code("version"))
    case "notTLS": self = .notTLS(looksLike: try object.string("looksLike"))
    case "recordTooLong": self = .recordTooLong(length: try object.int("length"), limit: try object.int("limit"))
    case "recordTooShort": self = .recordTooShort(length: try object.int("length"))
    case "badRecordMAC": self = .badRecordMAC(sequenceNumber: try object.unsigned("sequenceNumber"))
    case "recordsWithoutProgress": self = .recordsWithoutProgress(limit: try object.int("limit"))
    case "emptyHandshakeRecord": self = .emptyHandshakeRecord
    case "keyLimitReached": self = .keyLimitReached(records: try object.unsigned("records"))
    case "malformedAlert": self = .malformedAlert(try DecodeError(json: try object.object("problem")))
    case "malformedChangeCipherSpec": self = .malformedChangeCipherSpec
    case "interleavedRecord": self = .interleavedRecord(try object.code("type"))
    case "unexpectedApplicationData": self = .unexpectedApplicationData
    case "unexpectedChangeCipherSpec": self = .unexpectedChangeCipherSpec
    case "unexpectedMessage":
      self = .unexpectedMessage(got: try object.code("got"), wanted: try object.codes("wanted"))
    case "messageTooLong":
      self = .messageTooLong(
        try object.code("message"), length: try object.int("length"), limit: try object.int("limit"))
    case "malformed":
      self = .malformed(try object.code("message"), try DecodeError(json: try object.object("problem")))
    case "malformedExtension":
      self = .malformedExtension(
        try object.code("extension"), in: try object.code("message"),
        try DecodeError(json: try object.object("problem")))
    case "unofferedCertificateCompression":
      self = .unofferedCertificateCompression(try object.code("algorithm"))
    case "certificateNotDecompressed": self = .certificateNotDecompressed(try object.code("algorithm"))
    case "messageBeforeAnswer": self = .messageBeforeAnswer
    case "noAcceptableIdentity":
      self = .noAcceptableIdentity(object.has("reason") ? try RuledOut(json: try object.object("reason")) : nil)
    case "abortedByApplication": self = .abortedByApplication(try object.code("alert"))
    case "binderCountMismatch":
      self = .binderCountMismatch(keys: try object.int("keys"), binders: try object.int("binders"))
    case "messageAcrossKeyChange": self = .messageAcrossKeyChange
    case "versionNotSupported": self = .versionNotSupported(offered: try object.code("offered"))
    case "inappropriateFallback": self = .inappropriateFallback(offered: try object.code("offered"))
    case "noCommonCipherSuite": self = .noCommonCipherSuite(offered: try object.codes("offered"))
    case "noFittingIdentity": self = .noFittingIdentity
    case "noCommonGroup": self = .noCommonGroup(offered: try object.codes("offered"))
    case "noCommonSignatureScheme": self = .noCommonSignatureScheme(offered: try object.codes("offered"))
    case "noCommonCertificateType":
      self = .noCommonCertificateType(of: try object.raw("side"), offered: try object.codes("offered"))
    case "unofferedCertificateType":
      self = .unofferedCertificateType(of: try object.raw("side"), try object.code("type"))
    case "noCommonApplicationProtocol": self = .noCommonApplicationProtocol(offered: try object.strings("offered"))
    case "nullCompressionMissing": self = .nullCompressionMissing
    case "uncompressedPointsMissing": self = .uncompressedPointsMissing
    case "unofferedVersion": self = .unofferedVersion(try object.code("version"))
    case "unofferedCipherSuite": self = .unofferedCipherSuite(try object.code("cipherSuite"))
    case "unofferedCompression": self = .unofferedCompression(try object.code("compression"))
    case "unofferedExtension": self = .unofferedExtension(try object.code("extension"))
    case "unofferedApplicationProtocol": self = .unofferedApplicationProtocol(try object.string("name"))
    case "unofferedGroup": self = .unofferedGroup(try object.code("group"))
    case "unofferedSignatureScheme": self = .unofferedSignatureScheme(try object.code("scheme"))
    case "wrongMaxFragmentLength":
      self = .wrongMaxFragmentLength(asked: try object.optionalCode("asked"), got: try object.code("got"))
    case "downgradeDetected": self = .downgradeDetected
    case "extendedMasterSecretMissing": self = .extendedMasterSecretMissing
    case "secureRenegotiationMissing": self = .secureRenegotiationMissing
    case "renegotiationInfoNotEmpty": self = .renegotiationInfoNotEmpty
    case "serverNameUnknown": self = .serverNameUnknown(try object.string("name"))
    case "certificateMissing": self = .certificateMissing(try object.raw("side"))
    case "chainTooLong": self = .chainTooLong(count: try object.int("count"), limit: try object.int("limit"))
    case "certificateRejected":
      self = .certificateRejected(try CertificateRejection(json: try object.object("rejection")))
    case "keyDoesNotFitSuite":
      self = .keyDoesNotFitSuite(
        key: try KeyKind(json: try object.object("key")), suite: try object.code("cipherSuite"))
    case "signatureSchemeDoesNotFitKey":
      self = .signatureSchemeDoesNotFitKey(try object.code("scheme"), key: try KeyKind(json: try object.object("key")))
    case "badSignature": self = .badSignature(in: try object.code("message"), try object.code("scheme"))
    case "invalidKeyShare": self = .invalidKeyShare(try object.code("group"))
    case "badFinished":
      self = .badFinished(expectedCount: try object.int("expectedCount"), gotCount: try object.int("gotCount"))
    case "alertReceived": self = .alertReceived(try object.code("alert"))
    case "truncated": self = .truncated
    case "handshakeTimedOut": self = .handshakeTimedOut(seconds: try object.int("seconds"))
    case "alreadyEnded": self = .alreadyEnded
    case "handshakeNotComplete": self = .handshakeNotComplete
    case "signingFailed": self = .signingFailed(try object.code("scheme"))
    case "unexpectedAnswer": self = .unexpectedAnswer
    case "identityDoesNotFit": self = .identityDoesNotFit(reason: try object.string("reason"))
    case "encodingTooLong": self = .encodingTooLong(try object.code("message"))
    case "cryptoFailed": self = .cryptoFailed(try object.string("problem"))
    case "invalidExporterInput": self = .invalidExporterInput(try object.string("problem"))
    case "recordWithoutContentType": self = .recordWithoutContentType
    case "unprotectedRecord": self = .unprotectedRecord(try object.code("type"))
    case "tooMuchEarlyData": self = .tooMuchEarlyData
    case "missingExtension": self = .missingExtension(try object.code("extension"), in: try object.code("message"))
    case "misplacedExtension": self = .misplacedExtension(try object.code("extension"), in: try object.code("message"))
    case "badSelectedVersion": self = .badSelectedVersion(try object.code("version"))
    case "sessionIDNotEchoed": self = .sessionIDNotEchoed
    case "secondRetryRequest": self = .secondRetryRequest
    case "needlessRetryRequest": self = .needlessRetryRequest
    case "changedAfterRetry": self = .changedAfterRetry(try object.string("what"))
    case "recordSizeLimitTooSmall": self = .recordSizeLimitTooSmall(try object.int("limit"))
    case "preSharedKeyNotLast": self = .preSharedKeyNotLast
    case "badBinder": self = .badBinder
    case "unofferedPreSharedKey": self = .unofferedPreSharedKey(index: try object.int("index"))
    case "resumedWithOtherSuite": self = .resumedWithOtherSuite(try object.code("cipherSuite"))
    case "resumedWithOtherParameters": self = .resumedWithOtherParameters(try object.string("what"))
    case "clientCertificateRequired": self = .clientCertificateRequired
    case "wrongCertificateContext": self = .wrongCertificateContext
    case "badKeyUpdateRequest": self = .badKeyUpdateRequest(try object.number("value"))
    case "earlyDataNotPossible": self = .earlyDataNotPossible
    default: throw .unknownValue(key: "code", value: code)
    }
  }
}

extension DecodeError {
  var json: JSONValue {
    switch self {
    case .truncated(let field): .object(["code": "truncated", "field": .string(field)])
    case .trailingBytes(let field, let count):
      .object(["code": "trailingBytes", "field": .string(field), "count": .int(count)])
    case .badLength(let field, let length):
      .object(["code": "badLength", "field": .string(field), "length": .int(length)])
    case .badValue(let field, let value):
      .object(["code": "badValue", "field": .string(field), "value": .int(Int64(value))])
    case .duplicateExtension(let type): .object(["code": "duplicateExtension", "extension": .code(type)])
    }
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    let code = try object.string("code")
    switch code {
    case "truncated": self = .truncated(field: try object.string("field"))
    case "trailingBytes": self = .trailingBytes(field: try object.string("field"), count: try object.int("count"))
    case "badLength": self = .badLength(field: try object.string("field"), length: try object.int("length"))
    case "badValue":
      guard let value = UInt32(exactly: try object.int("value")) else { throw .wrongType(key: "value") }
      self = .badValue(field: try object.string("field"), value: value)
    case "duplicateExtension": self = .duplicateExtension(try object.code("extension"))
    default: throw .unknownValue(key: "code", value: code)
    }
  }
}
