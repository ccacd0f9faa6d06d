import HandfastCore
import HandfastWire

extension ClientHello {
  var fields: [Field] {
    [
      Field("client_version", "\(version)", note: version.hex),
      Field("random", hexText(random)),
      Field("session_id", sessionID.isEmpty ? "empty" : hexText(sessionID)),
      Field(
        "cipher_suites", counted(cipherSuites.count, "suite"),
        fields: cipherSuites.map { Field($0.hex, "\($0)", note: $0.meaning) }),
      Field("compression_methods", compressionMethods.map(\.coded).joined(separator: ", ")),
      (extensions ?? ExtensionBlock()).field(isMissing: extensions == nil, in: .clientHello),
    ]
  }
}

extension ServerHello {
  var fields: [Field] {
    [
      Field("server_version", "\(version)", note: version.hex),
      Field("random", hexText(random), note: isRetryRequest ? "the fixed one of a HelloRetryRequest" : nil),
      Field("session_id", sessionID.isEmpty ? "empty" : hexText(sessionID)),
      Field("cipher_suite", "\(cipherSuite)", note: "\(cipherSuite.hex): \(cipherSuite.meaning)"),
      Field("compression_method", compressionMethod.coded),
      (extensions ?? ExtensionBlock()).field(
        isMissing: extensions == nil, in: isRetryRequest ? .retryRequest : .serverHello),
    ]
  }
}

extension CipherSuite {
  /// The algorithms and key sizes behind the name.
  package var meaning: String {
    if let parameters = CipherSuiteParameters(self) {
      let authentication =
        parameters.keyExchange == .rsa ? "no forward secrecy" : "\(parameters.authentication.rawValue) certificate"
      return "\(parameters.keyExchange.rawValue), \(authentication), \(parameters.aead.rawValue) "
        + "(\(parameters.aead.keyByteCount * 8)-bit key), PRF with \(parameters.hash.rawValue)"
    }
    if let suite = CipherSuite13(self) {
      return
        "TLS 1.3: \(suite.aead.rawValue) (\(suite.aead.keyByteCount * 8)-bit key), HKDF with \(suite.hash.rawValue)"
    }
    switch self {
    case .emptyRenegotiationInfoSCSV: return "a signal, not a suite: secure renegotiation (RFC 5746)"
    case .fallbackSCSV: return "a signal, not a suite: a retry with a lower version (RFC 7507)"
    default: return isGREASE ? "reserved, to be ignored (RFC 8701)" : Self.meaning(ofName: name)
    }
  }

  /// What a registry name says of itself: TLS_<key exchange>_WITH_<cipher>_<hash>.
  private static func meaning(ofName name: String?) -> String {
    guard var name else { return "not known here" }
    guard name.hasPrefix("TLS_") else { return "not spoken here" }
    name.removeFirst(4)
    guard let range = name.firstRange(of: "_WITH_") else {
      return "a TLS 1.3 suite: \(name.replacing("_", with: " "))"
    }
    let exchange = name[..<range.lowerBound].replacing("_", with: "/")
    let cipher = name[range.upperBound...].replacing("_", with: "-")
    return "\(exchange) key exchange, \(cipher); not spoken here"
  }
}
