public import HandfastWire

/// A configuration that cannot be used. Each case names what to change.
@nonexhaustive public enum ConfigurationError: Error, Hashable, Sendable {
  case invalidServerName(String)
  case noVersions
  case unsupportedVersion(ProtocolVersion)
  /// No suite for any of the versions, or none at all.
  case noCipherSuites
  case unsupportedCipherSuite(CipherSuite)
  /// The suite is RSA key transport and `rsaKeyTransport` was not opted into.
  case rsaKeyTransportNotAllowed(CipherSuite)
  /// Among `equalCipherSuites`, and not among `cipherSuites`, or there twice.
  case invalidEqualCipherSuite(CipherSuite)
  case noGroups
  case unsupportedGroup(NamedGroup)
  /// Among `equalGroups`, and not among `groups`, or there twice.
  case invalidEqualGroup(NamedGroup)
  case noSignatureSchemes
  case unsupportedSignatureScheme(SignatureScheme)
  /// A client would accept it from servers, and it is for the proofs of clients only (RFC 9963 §3).
  case signatureSchemeOfClientsOnly(SignatureScheme)
  /// Protocol names have 1 to 255 bytes, and all together fit an extension (RFC 7301 §3.1).
  case invalidApplicationProtocol(String)
  /// A server without any identity can authenticate to nobody.
  case noServerIdentity
  /// More bytes of authority names than a CertificateRequest can carry (65,535).
  case tooManyAuthorities(byteCount: Int)
  case invalidMaxFragmentLength(MaxFragmentLength)
  case invalidRecordSizeLimit(Int)
  case invalidRecordPadding(Int)
  case invalidTicketCount(Int)
  case invalidSessionLifetime(UInt32)
  /// A key share is to be sent for a group that is not enabled, or for one twice.
  case invalidKeyShareGroup(NamedGroup)
  case invalidLimit(String)
  /// The chain exceeds what a Certificate message can carry.
  case chainTooLarge(String)
}

extension ConfigurationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidServerName(let name) where !name.utf8.allSatisfy({ $0 < 0x80 }):
      "'\(name)' is an internationalised name: write it as certificates do, in A-labels (xn--...; RFC 9525 §6.3)"
    case .invalidServerName(let name): "'\(name)' is neither a host name nor an IP address"
    case .noVersions: "the list of versions is empty"
    case .unsupportedVersion(let version): "\(version) is not supported"
    case .noCipherSuites: "there is no cipher suite for any of the versions"
    case .invalidRecordSizeLimit(let limit): "the record size limit \(limit) is not in 64 to 16,385 (RFC 8449 §4)"
    case .invalidRecordPadding(let multiple): "the record padding \(multiple) is not in 1 to 16,384"
    case .invalidTicketCount(let count): "the number of tickets, \(count), is not in 0 to 8"
    case .invalidSessionLifetime(let seconds):
      "the session lifetime of \(seconds) s is not in 1 to 604,800 s (7 days, RFC 9846 §4.7.1)"
    case .invalidKeyShareGroup(let group): "a key share for \(group), which is not among the groups, or is there twice"
    case .unsupportedCipherSuite(let suite): "cipher suite \(suite) is not supported"
    case .rsaKeyTransportNotAllowed(let suite):
      "\(suite) is RSA key transport, which RFC 10015 forbids; set rsaKeyTransport to allow it all the same"
    case .invalidEqualCipherSuite(let suite):
      "cipher suite \(suite) is worth as much as others, and is not among the suites, or is there twice"
    case .invalidEqualGroup(let group):
      "group \(group) is worth as much as others, and is not among the groups, or is there twice"
    case .noGroups: "the list of groups is empty"
    case .unsupportedGroup(let group): "group \(group) is not supported"
    case .noSignatureSchemes: "the list of signature schemes is empty"
    case .unsupportedSignatureScheme(let scheme): "signature scheme \(scheme) is not supported"
    case .signatureSchemeOfClientsOnly(let scheme):
      "signature scheme \(scheme) is for clients' certificates only, and not to be accepted from servers (RFC 9963 §3)"
    case .invalidApplicationProtocol(let name): "'\(name)' is no application protocol name of 1 to 255 bytes"
    case .noServerIdentity: "a server needs at least one identity (certificate chain and key)"
    case .tooManyAuthorities(let count):
      "the trusted authorities' names take \(count) bytes; a CertificateRequest carries 65,535: send fewer, or none"
    case .invalidMaxFragmentLength(let code): "max_fragment_length \(code) is not one of RFC 6066's four"
    case .invalidLimit(let name): "the limit \(name) must be positive"
    case .chainTooLarge(let label): "the chain of \(label) is larger than a Certificate message may be"
    }
  }
}
