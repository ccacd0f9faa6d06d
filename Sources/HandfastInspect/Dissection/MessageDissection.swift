public import Handfast
import HandfastCore
public import HandfastWire

/// One handshake message, taken apart into named fields. Bytes that are not what they claim to be end in a field that says so.
public struct MessageDissection: Hashable, Sendable {
  public let type: HandshakeType
  public let fields: [Field]

  /// Takes apart a whole message: type, 24-bit length, body. `suite` decides how a ClientKeyExchange is read; without it the
  /// elliptic-curve form is tried first. `version` is what the connection has settled on: Certificate, CertificateRequest and
  /// NewSessionTicket have another form in TLS 1.3; without it they are read as TLS 1.2's.
  public init(_ message: MessageFact, suite: CipherSuite? = nil, version: ProtocolVersion = .tls12) {
    self.init(type: message.type, bytes: message.bytes, suite: suite, version: version)
  }

  package init(type: HandshakeType, bytes: [UInt8], suite: CipherSuite? = nil, version: ProtocolVersion = .tls12) {
    self.type = type
    guard bytes.count >= 4 else {
      fields = [.malformed("message", "\(counted(bytes.count, "byte")) is less than a handshake header")]
      return
    }
    let announced = Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3])
    let body = Array(bytes[4...])
    guard bytes[0] == type.rawValue, announced == body.count else {
      fields = [
        .malformed(
          "message",
          "the header says \(HandshakeType(rawValue: bytes[0])) of \(counted(announced, "byte")), "
            + "this is \(type) of \(body.count)")
      ]
      return
    }
    fields = Self.fields(of: type, body: body, suite: suite, isTLS13: version == .tls13)
  }

  /// Whether some field could not be read.
  public var isMalformed: Bool { fields.contains(where: \.isOrHoldsMalformed) }

  private static func fields(
    of type: HandshakeType, body: [UInt8], suite: CipherSuite?, isTLS13: Bool
  ) -> [Field] {
    do throws(DecodeError) {
      switch type {
      case .clientHello: return try ClientHello(decoding: body.span, "ClientHello").fields
      case .serverHello: return try ServerHello(decoding: body.span, "ServerHello").fields
      case .certificate where isTLS13: return try Certificate13(decoding: body.span, "Certificate").fields
      case .certificateRequest where isTLS13:
        return try CertificateRequest13(decoding: body.span, "CertificateRequest").fields
      case .newSessionTicket where isTLS13:
        return try NewSessionTicket13(decoding: body.span, "NewSessionTicket").fields
      case .newSessionTicket: return try NewSessionTicket12(decoding: body.span, "NewSessionTicket").fields
      case .encryptedExtensions: return try EncryptedExtensions(decoding: body.span, "EncryptedExtensions").fields
      case .keyUpdate: return try KeyUpdate(decoding: body.span, "KeyUpdate").fields
      case .certificateStatus: return try CertificateStatus(decoding: body.span, "CertificateStatus").fields
      case .certificate: return try certificateFields(body)
      case .serverKeyExchange: return try ServerKeyExchange(decoding: body.span, "ServerKeyExchange").fields
      case .certificateRequest: return try CertificateRequest12(decoding: body.span, "CertificateRequest").fields
      case .clientKeyExchange: return try clientKeyExchangeFields(body, suite: suite)
      case .certificateVerify: return try CertificateVerify(decoding: body.span, "CertificateVerify").fields
      case .finished: return [Field("verify_data", hexText(body))]
      case .serverHelloDone, .helloRequest, .endOfEarlyData:
        guard body.isEmpty else { throw .trailingBytes(field: "\(type)", count: body.count) }
        return []
      default: return [Field("body", shortHex(body, keeping: 16), note: counted(body.count, "byte"))]
      }
    } catch {
      return [.malformed("malformed", "\(error)"), Field("body", hexText(body))]
    }
  }

  /// A raw public key where it is one: the beginning of its DER is never the length of a first certificate (RFC 7250 §3).
  private static func certificateFields(_ body: [UInt8]) throws(DecodeError) -> [Field] {
    do throws(DecodeError) { return try Certificate12(decoding: body.span, "Certificate").fields } catch {
      guard let key = (try? RawPublicKey12(decoding: body.span, "Certificate"))?.subjectPublicKeyInfo,
        key.first == 0x30
      else { throw error }
      return [Field("ASN.1_subjectPublicKeyInfo", hexText(key), note: counted(key.count, "byte"))]
    }
  }

  private static func clientKeyExchangeFields(_ body: [UInt8], suite: CipherSuite?) throws(DecodeError) -> [Field] {
    let keyExchange = suite.flatMap(CipherSuiteParameters.init)?.keyExchange
    let elliptic = try? ECDHClientKeyExchange(decoding: body.span, "ClientKeyExchange")
    if keyExchange != .rsa, let elliptic {
      return [Field("ecdh_Yc", hexText(elliptic.point), note: counted(elliptic.point.count, "byte"))]
    }
    if keyExchange == .ecdhe { return try ECDHClientKeyExchange(decoding: body.span, "ClientKeyExchange").fields }
    let encrypted = try RSAClientKeyExchange(decoding: body.span, "ClientKeyExchange").encryptedPreMasterSecret
    return [Field("EncryptedPreMasterSecret", hexText(encrypted), note: counted(encrypted.count, "byte"))]
  }
}

extension Field {
  static func malformed(_ name: String, _ problem: String) -> Field { Field(name, problem, isMalformed: true) }

  var isOrHoldsMalformed: Bool { isMalformed || fields.contains(where: \.isOrHoldsMalformed) }
}

extension ECDHClientKeyExchange {
  var fields: [Field] { [Field("ecdh_Yc", hexText(point), note: counted(point.count, "byte"))] }
}

extension Certificate12 {
  var fields: [Field] {
    guard !chain.isEmpty else { return [Field("certificate_list", "empty", note: "no certificate")] }
    return [
      Field(
        "certificate_list", counted(chain.count, "certificate"),
        fields: chain.enumerated().map { index, der in
          Field("certificate \(index)", hexText(der), note: counted(der.count, "byte"))
        })
    ]
  }
}

extension ServerKeyExchange {
  var fields: [Field] {
    [
      Field("curve_type", "named_curve"),
      Field("namedcurve", "\(params.group)", note: params.group.hex),
      Field("point", hexText(params.point), note: counted(params.point.count, "byte")),
      Field("algorithm", "\(algorithm)", note: algorithm.hex),
      Field("signature", hexText(signature), note: counted(signature.count, "byte")),
    ]
  }
}

extension CertificateRequest12 {
  var fields: [Field] {
    [
      Field("certificate_types", certificateTypes.map(\.coded).joined(separator: ", ")),
      Field(
        "supported_signature_algorithms", signatureAlgorithms.map(\.coded).joined(separator: ", ")),
      Field(
        "certificate_authorities", authorities.isEmpty ? "none named: any will do" : counted(authorities.count, "name"),
        fields: authorities.map { Field("DistinguishedName", distinguishedNameText($0)) }),
    ]
  }
}

extension CertificateVerify {
  var fields: [Field] {
    [
      Field("algorithm", "\(algorithm)", note: algorithm.hex),
      Field("signature", hexText(signature), note: counted(signature.count, "byte")),
    ]
  }
}
